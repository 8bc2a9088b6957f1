from contextlib import nullcontext
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states
from ...engine.decision import MAX_DEPTH, ONCE
from ..acting import acting_on
from ..capture.base import AUTHOR
from ..isolation import CONFLICTS, HastySavepoint, apart, isolated
from ..provisional import Effect, note_effect
from .after_response import after_response

DRAIN_LIMIT = 20  # runs whose first steps the saving thread executes itself after its commit …
DRAIN_SECONDS = 1.0  # … and its time limit in seconds
WATCHER = "crm_trigger_watcher"  # context key: the user who causes the immediate steps
DRAINED = "crm_triggers.drained"  # ids of the runs that wait for the commit


class CrmTriggerRun(models.Model):
    """One record going through one rule, once per occurrence.

    Created by the system when a rule fires; ends after its last step, or stops with a reason. Its unique key
    guarantees that nothing happens twice.
    """

    _name = "crm.trigger.run"
    _description = "Trigger Run"
    _inherit = ["crm.trigger.log.mixin"]
    _order = "id desc"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "crm.trigger.rule",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The rule that the record goes through.",
    )
    occurrence = fields.Char(required=True, readonly=True, help="What makes this run unique for its rule and record.")
    date_value = fields.Char("Date", readonly=True, help="The date that started the run.")
    state = fields.Selection(
        [(states.RUNNING, "Running"), (states.DONE, "Done"), (states.STOPPED, "Stopped")],
        required=True,
        readonly=True,
        default=states.RUNNING,
        help="Running: steps remain to be done. Done: all steps are finished. Stopped: it ended earlier, see the "
        "reason.",
    )
    stop_reason = fields.Selection(
        selection=[
            (states.STOP_UNMATCHED, "The record no longer meets the conditions"),
            (states.STOP_DOMAIN, "The record meets the “Stop when” condition"),
            (states.STOP_ANSWERED, "The customer answered"),
            (states.STOP_MOVED, "The date changed"),
            (states.STOP_MERGED, "The record was merged into another one with the same rule"),
            (states.STOP_GONE, "The record was deleted"),
            (states.STOP_ERROR, "A step failed"),
            (states.STOP_MANUAL, "Stopped manually"),
            (states.STOP_LATE, "Too late to be done"),
            (states.STOP_COOLDOWN, "Minimum interval not reached"),
            (states.STOP_LIMIT, "Limit reached for this contact"),
            (states.STOP_DEPTH, "Too many rules in a chain"),
            (states.STOP_UNDECIDED, "The conditions of the rule could not be evaluated"),
            (states.STOP_PAUSED, "Rules were paused for this record"),
            (states.STOP_LEFT, "Taken out of the scenario"),
            (states.STOP_RULE, "The rule was deactivated"),
        ],
        readonly=True,
        help="Why the run ended before its last step.",
    )
    partner_id = fields.Many2one(
        "res.partner", "Contact", readonly=True, ondelete="set null", help="The customer of the record."
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", "Triggered by", readonly=True, ondelete="set null", help="The user whose change started the run."
    )
    started_at = fields.Datetime("Started On", required=True, readonly=True, help="When the record entered the rule.")
    stopped_at = fields.Datetime("Stopped On", readonly=True, help="When the run stopped, the last time if several.")
    resumed_at = fields.Datetime("Resumed On", readonly=True, help="When the record matched again and the run resumed.")
    depth = fields.Integer(readonly=True, help="How many rules in a row led here within a day.")
    origin_execution_id = fields.Many2one(
        "crm.trigger.execution",
        "Caused by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The step of another rule that led here.",
    )
    error = fields.Text(readonly=True, translate=True, help="The error, in words.")
    execution_ids = fields.One2many(
        "crm.trigger.execution", "run_id", readonly=True, help="The steps of this run: done, skipped and planned."
    )

    _once = models.UniqueIndex("(rule_id, res_id, occurrence)", "This has already happened.")
    _pace = models.UniqueIndex(
        "(rule_id, pace_key) WHERE pace_key IS NOT NULL", "Another user is updating this record. Try again."
    )
    _record = models.Index("(res_model, res_id)")  # none contains the state: ending a run updates no index
    _started = models.Index("(rule_id, started_at)")
    _partner = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
    _away = models.Index("(rule_id, res_id) WHERE stop_reason IN ('unmatched', 'date_moved', 'record_paused')")

    def init(self):
        """Leave free space on each page for updates of its rows (docs/decisions/040)."""
        result = super().init()
        self.env.cr.execute("ALTER TABLE crm_trigger_run SET (fillfactor = 80)")
        return result

    @api.model
    def _sql_is_running(self, model, res_id):
        """Return the condition that a run of any rule is in progress for a record, for a query on another table.

        :param model, res_id: SQL of the model name and of the record id
        """
        return SQL(
            "EXISTS (SELECT FROM crm_trigger_run r WHERE r.res_model = %s AND r.res_id = %s AND r.state = 'running')",
            model,
            res_id,
        )

    @api.model
    def _start(self, rule, occurrences, dates, stop=None, error=None, started=()):
        """Insert one run per record, except for records that have a run for this occurrence.

        :param rule: one ``crm.trigger.rule``
        :param dict occurrences: ``{record id: key}``
        :param dict dates: ``{record id: text of the date value | None}``
        :param str stop: reason to stop them immediately: they are only logged
        :param dict error: the error, by language
        :param dict started: ``{record id: start (naive UTC)}``, for those not starting now
        :return: the new runs; those only logged, too deep or held back are already stopped
        """
        if not occurrences:
            return self
        now, started = fields.Datetime.now(), dict(started)
        acting = acting_on(self.env.cr)
        common = {
            "rule_id": rule.id,
            "res_model": rule.model_name,
            "stop_reason": stop,
            "pace_key": None,
            "user_id": None if acting else self.env.context.get(AUTHOR),
            "error": error,
            "trial": rule.state == states.TEST,
        }
        rows = [
            {
                **common,
                **self._prepare_record_values(rule, record),
                "started_at": started.get(record.id, now),
                "occurrence": occurrences[record.id],
                "date_value": dates.get(record.id),
                **self._prepare_chain(acting, record),
            }
            for record in rule._get_model().browse(sorted(occurrences))
        ]
        if not stop:
            rows = self._stop_circles([row for row in rows if row["depth"] > MAX_DEPTH]) + self._hold_back(
                rule, [row for row in rows if row["depth"] <= MAX_DEPTH]
            )
        for row in rows:
            row["state"] = states.STOPPED if row["stop_reason"] else states.RUNNING
            row["stopped_at"] = now if row["stop_reason"] else None
        runs = self._insert_new(rows, "res_id")
        self._fields["execution_ids"]._insert_cache(runs, [()] * len(runs))
        if acting:
            acting.looping_run_ids.extend(run.id for run in runs if run.stop_reason == states.STOP_DEPTH)
        return runs

    @api.model
    def _prepare_record_values(self, rule, record):
        partner, company = self._get_parties(rule, record)
        return {
            "res_id": record.id,
            "partner_id": partner.id or None,
            "company_id": company.id or None,
            "email": self._get_email(record, partner) if rule.limit_count else None,
        }

    def _stop(self, reason):
        """End these runs now and cancel their planned steps.

        Steps locked by a worker are left to it: it checks the run and the record before each step, and once more at
        the end, and waiting for it would delay a save.
        """
        if not self:
            return
        now = fields.Datetime.now()
        self._mark_stopped({"state": states.STOPPED, "stop_reason": reason, "stopped_at": now})
        planned = self.env["crm.trigger.execution"].search(
            [("run_id", "in", self.ids), ("state", "=", states.SCHEDULED)]
        )
        planned._mark({"state": states.CANCEL, "done_at": now})
        self._take_back(reason)
        if reason in states.LEFT:
            self._give_back_once()

    def _mark_stopped(self, values):
        """Write these values; a worker locks runs only for a moment, at the end of a batch. Where that takes longer,
        they are left to it.
        """
        locked = self - self._mark(values)
        if locked:
            what = f"Stopping runs {locked.ids}"
            with isolated(HastySavepoint(self.env.cr), what, lambda _error: None, pass_on=CONFLICTS):
                locked._mark(values, wait=True)

    def _give_back_once(self):
        """Allow a rule that fires once per record to fire again if nothing was done this time.

        A step that a worker has locked counts as done, and so does a run for which it is planning a step.
        """
        rows = self.env.execute_query(
            SQL(
                "UPDATE crm_trigger_run run SET occurrence = occurrence || ' ' || id WHERE id IN ("
                "SELECT id FROM crm_trigger_run WHERE id IN %s AND occurrence = %s FOR UPDATE SKIP LOCKED)"
                " AND NOT EXISTS (SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND e.state != %s)"
                " RETURNING run.id, run.res_model, run.res_id",
                self._ids,
                ONCE,
                states.CANCEL,
            )
        )
        for run_id, *key in rows:
            note_effect(self.env.cr, tuple(key), Effect(self._name, run_id, {"occurrence": ONCE}, {}))
        self.invalidate_recordset(["occurrence"], flush=False)

    def action_stop(self):
        """Stop these runs manually."""
        self._check_may_act()
        self.sudo().filtered(lambda run: run.state == states.RUNNING)._stop(states.STOP_MANUAL)

    def _wake(self):
        """Run what is due right after the commit, in this thread if it is little work; within a request, after the
        response is sent.

        Within a worker nothing is needed: it continues until nothing is due.
        """
        acting = acting_on(self.env.cr)
        if acting or not self:
            acting and acting.started_run_ids.extend(self.ids)
            return
        now = fields.Datetime.now()
        due = self.execution_ids.filtered(lambda line: line.state == states.SCHEDULED and line.scheduled_at <= now)
        if due and (len(self) > DRAIN_LIMIT or self._is_left_to_worker()):
            self._wake_worker()
        elif due:
            self._drain_after_commit(due.run_id.ids)

    @api.model
    def _drain_after_commit(self, run_ids):
        """Drain these runs after the commit; all runs started by a transaction together, for at most one second."""
        cr = self.env.cr
        if DRAINED not in cr.postcommit.data:
            cr.postcommit.add(partial(_drain_noted, cr, self.env.uid))
        cr.postcommit.data[DRAINED] = (*cr.postcommit.data.get(DRAINED, ()), *run_ids)  # so that it can be rolled back


def _drain_noted(cr, uid):
    after_response(cr, _drain, cr.postcommit.data.pop(DRAINED, ()), uid)


def _drain(dbname, run_ids, uid=None):
    """Run due steps of these runs in a separate transaction, after the user's.

    Errors here do not affect the user's save; the worker does the rest.

    :param int uid: the user at the screen, who is notified of the changes
    """
    with isolated(nullcontext(), f"Draining runs {run_ids}", pass_on=()), apart(dbname) as env:
        env = env(context={WATCHER: uid})
        env["crm.trigger.execution"]._work(run_ids=run_ids, seconds=DRAIN_SECONDS)
        env["crm.trigger.rule"]._tell_in_passing()
