from datetime import date, datetime
from functools import partial

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...engine import states
from ...engine.decision import ONCE
from ..isolation import bounded, describe, isolated

SWEEP_BATCH = 500  # due records started per transaction
SWEEP_SECONDS = 60.0  # one query of the clock: half of what Odoo leaves a scheduled action


class CrmTriggerClockMixin(models.AbstractModel):
    """The clock: finding what is due by looking at what is, not at what changed.

    A record is due when its date asks for it and it has no run for that date value yet. So
    nothing is missed by an outage, and nothing fires twice however often this runs.
    """

    _name = "crm.trigger.clock.mixin"
    _description = "Clock of Trigger Rules"

    @api.model
    def _cron_sweep(self):
        """Look after the rules, then start what is due and what nobody heard; one rule's fault
        leaves the others be."""
        self._check_health()
        with isolated(self.env.cr.savepoint(), "Queueing mails again", pass_on=()):
            self.env["mail.mail"]._crm_trigger_queue_again()
        self.env["ir.cron"]._commit_progress()
        sweeps = self._get_sweeps()
        for index, (rule, sweep) in enumerate(sweeps):
            remaining = len(sweeps) - index
            while True:
                started = 0
                # After a conflict with another transaction the next pass looks afresh.
                with (
                    isolated(
                        self.env.cr.savepoint(),
                        f"Sweep of {rule or 'new records'}",
                        rule._tell_of_sweep,
                        pass_on=(),
                        loud=True,
                    ),
                    bounded(self.env.cr, SWEEP_SECONDS),
                ):
                    started = sweep(SWEEP_BATCH)
                if not self.env["ir.cron"]._commit_progress(started, remaining=remaining):
                    return
                if not started:
                    break
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _tell_of_sweep(self, error):
        """Tell the owner of this rule, if it is one's, that the clock could not look."""
        if self and not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            with isolated(self.env.cr.savepoint(), f"Rule {self.id}: telling its owner", pass_on=()):
                self._see_to(describe(error), swept=True)

    @api.model
    def _get_sweeps(self):
        """Return what the clock looks at: ``[(rule, empty if it is no single one's, method)]``.

        A method takes how many records it may start, and returns how many it found.
        """
        rules = self.search([("state", "in", states.LISTENING), ("activated_at", "!=", False)])
        dated = rules.filtered(lambda rule: rule.trigger == "date")
        held = rules.filtered(lambda rule: (rule.trigger, rule.happening) == ("happening", "meeting_held"))
        models_heard = [name for name, watch in self._get_watch().items() if watch.new_above_id is not None]
        return [
            *((rule, rule._enter_backlog) for rule in rules.filtered("backlog_count")),
            *((rule, rule._sweep) for rule in dated),
            *((rule, rule._sweep_recurring) for rule in rules.filtered(lambda rule: rule.trigger == "recurring")),
            *((rule, rule._sweep_held) for rule in held),
            *((self.browse(), partial(self._sweep_created, name)) for name in models_heard),
            *((rule, rule._sweep_matching) for rule in rules.filtered(lambda rule: rule._is_swept())),
        ]

    def _sweep(self, limit):
        """Start runs for up to ``limit`` due records of this rule.

        :return: how many runs were made, those noted as late included
        """
        self.ensure_one()
        now, offset = fields.Datetime.now(), 0
        while dates := self._search_due(now, limit, offset):
            due, late = self._sort_due(dates, now, since=self._get_sweep_start())
            if due or late:
                in_time = self._enter(dict.fromkeys(due), dates)
                in_time._wake()
                return len(in_time | self._enter(dict.fromkeys(late), dates, late=True))
            offset += len(dates)  # the window is wider than what is due
        return 0

    def _search_due(self, now, limit, offset):
        """Return ``{id: date value}`` of the records due since the activation without a run,
        and of some more: each has to be looked at.

        One query, bounded on the bare date column so that its index serves.
        """
        fname = self.trg_date_id.name
        model = self._get_model()
        kind = date if model._fields[fname].type == "date" else datetime
        first, last = self._get_date_window(kind, self._get_sweep_start(), now)
        query = model._search(
            [(fname, ">=", first), (fname, "<=", last), *self._get_conditions()],
            order=f"{fname}, id",
            limit=limit,
            offset=offset,
        )
        column = SQL.identifier(query.table, fname)
        record_id = SQL.identifier(query.table, "id")
        query.add_where(self._sql_has_no_run(record_id, self._sql_date_text(column)))
        query.add_where(SQL("NOT %s", self.env["crm.trigger.pause"]._sql_is_paused(SQL("%s", model._name), record_id)))
        rows = self.env.execute_query(query.select(SQL.identifier(query.table, "id"), column))
        return dict(rows)

    def _sql_has_no_run(self, record_id, date_text):
        """Return the condition that this rule did not fire for the date value of a record, a text."""
        return SQL(
            "NOT EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %s"
            " AND run.res_id = %s AND (run.date_value = %s OR run.occurrence = %s))",
            self.id,
            record_id,
            date_text,
            ONCE if self.reentry == "once" else None,
        )

    def _sql_date_text(self, column):
        """Return the SQL counterpart of :meth:`_date_text`."""
        mask = "YYYY-MM-DD" if self.trg_date_id.ttype == "date" else "YYYY-MM-DD HH24:MI:SS"
        return SQL("to_char(%s, %s)", column, mask)
