from odoo import fields, models
from odoo.tools import SQL

from ...engine import states
from ...engine.decision import ONCE

# A released key ends with the id of the run.
GIVEN_BACK = SQL(
    "CASE WHEN crm_trigger_run.occurrence LIKE '%% ' || crm_trigger_run.id THEN crm_trigger_run.occurrence"
    " ELSE crm_trigger_run.occurrence || ' ' || crm_trigger_run.id END"
)


class CrmTriggerRun(models.Model):
    """Runs of a date whose record left the rule, and came back with the same date (decision 029).

    What was done is not repeated; what was not done is planned again. Rows locked by another transaction are left
    to it: nothing here waits.
    """

    _inherit = "crm.trigger.run"

    def _is_left(self):
        """Return whether this run of a date resumes when its record comes back."""
        return bool(self.date_value) and self.state == states.STOPPED and self.stop_reason in states.LEFT

    def _come_back(self, rule, occurrences, *, late, chosen):
        """Resume these stopped runs with their remaining steps; if nothing was done, let the record start as if
        new.

        :param dict occurrences: ``{record id: key}`` of those that start now; those that must not are removed
        :param bool late: their date is too late now
        :param bool chosen: a user chose them: nothing is too late
        :return: the resumed runs, and those that take over the start of another
        """
        if not self:
            return self
        acted, planned = self._get_progress()
        given_back = (self - acted)._take(rule)
        given_back._mark({"occurrence": GIVEN_BACK})
        taking_over = given_back & planned if late else self.browse()
        for run in self - (given_back - taking_over):
            occurrences.pop(run.res_id, None)
        return acted._resume(rule, chosen) | taking_over._begin_again(rule)

    def _get_progress(self):
        """Return which of these runs did something, and which have at least planned something.

        A step that a worker has locked counts as done.
        """
        self.env["crm.trigger.execution"].flush_model(["run_id", "state"])
        query = "SELECT run_id, bool_or(state != %s) FROM crm_trigger_execution WHERE run_id IN %s GROUP BY run_id"
        found = self.env.execute_query(SQL(query, states.CANCEL, self._ids))
        return self.browse(run_id for run_id, acted in found if acted), self.browse(run_id for run_id, _acted in found)

    def _resume(self, rule, chosen):
        """Resume these runs, which did something, with the step that was planned when they stopped.

        :return: the resumed runs
        """
        runs = self._take(rule)
        key = {"occurrence": ONCE} if rule.reentry == "once" else {}
        runs._mark({"state": states.RUNNING, "stop_reason": None, "resumed_at": fields.Datetime.now(), **key})
        lines = self.env["crm.trigger.execution"].search([("run_id", "in", runs.ids)])
        held = lines.filtered(lambda line: line.state == states.SCHEDULED).run_id
        points = {run: own._get_point(rule) for run, own in lines.grouped("run_id").items() if run not in held}
        ended = {run: at for run, (_step, at) in points.items() if at}
        for step, group in (runs - held).grouped(lambda run: points[run][0]).items():
            group._plan_step(rule, step, ended, in_time=not chosen)
        runs._stop_late()
        return runs

    def _plan_cancelled(self, step, times, late, now):
        """Plan a step again in those of these resumed runs in which it was cancelled.

        :param dict times: ``{run: due time (naive UTC)}``
        :param set late: the runs for which it is too late: it is only logged
        :return: the lines that are planned again
        """
        if not self:
            return self.env["crm.trigger.execution"]
        domain = [("run_id", "in", self.ids), ("step_id", "=", step.id), ("state", "=", states.CANCEL)]
        cancelled = self.env["crm.trigger.execution"].search(domain)
        for too_late, lines in cancelled.grouped(lambda line: line.run_id in late).items():
            at = SQL(" ").join(SQL("WHEN %s THEN %s::timestamp", line.id, times[line.run_id]) for line in lines)
            lines._mark(
                {
                    "state": states.SKIPPED if too_late else states.SCHEDULED,
                    "skip_reason": states.SKIP_LATE if too_late else None,
                    "scheduled_at": SQL("CASE crm_trigger_execution.id %s END", at),
                    "done_at": now if too_late else None,
                    "attempts": 0,
                    "error": None,
                    "result_id": None,
                    "joint_key": None,
                }
            )
        return cancelled

    def _begin_again(self, rule):
        """Start new runs with the start times of these, which did nothing and whose date is too late now: some of
        their steps may still be due in the future.

        :return: the new runs
        """
        started, texts = {run.res_id: run.started_at for run in self}, {run.res_id: run.date_value for run in self}
        occurrences = rule._get_occurrences(dict.fromkeys(started), texts)
        runs = self._start(rule, occurrences, texts, started=started)
        going_on = runs.filtered(lambda run: run.state == states.RUNNING)
        going_on._plan(rule, ended={run: run.started_at for run in going_on}, in_time=True)
        going_on._stop_late()
        return runs

    def _stop_late(self):
        """Stop those of these runs whose remaining steps are all too late."""
        ended = self.filtered(lambda run: run.state == states.DONE)
        if ended:  # the remaining steps may be deleted
            domain = [("run_id", "in", ended.ids), ("skip_reason", "=", states.SKIP_LATE)]
            self.env["crm.trigger.execution"].search(domain).run_id._stop(states.STOP_LATE)

    def _take(self, rule):
        """Lock those of these runs that are still stopped and not locked by others, and return them.

        For a rule that fires once per record, skip records that have another run with that key.
        """
        if not self:
            return self
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "SELECT own.id FROM crm_trigger_run own WHERE own.id IN %(ids)s AND own.state = %(stopped)s"
                " AND own.stop_reason IN %(left)s AND NOT EXISTS (SELECT FROM crm_trigger_run other"
                " WHERE other.rule_id = own.rule_id AND other.res_id = own.res_id"
                " AND other.id != own.id AND other.occurrence = %(once)s)"
                " FOR UPDATE OF own SKIP LOCKED",
                ids=self._ids,
                stopped=states.STOPPED,
                left=states.LEFT,
                once=ONCE if rule.reentry == "once" else None,
            )
        )
        return self.browse(run_id for (run_id,) in rows)


class CrmTriggerRule(models.Model):
    """Finds the records that came back."""

    _inherit = "crm.trigger.rule"

    def _get_last_run(self, record):
        """Return the last run of a record that the user may see; for a date rule, the last one for the record's
        current date.
        """
        domain = [("rule_id", "=", self.id), ("res_id", "=", record.id), *self._get_counting_domain()]
        if fname := self._get_date_field():
            text = self._date_text(record.sudo()[fname])  # only whether it is the date of a run
            domain.append(("date_value", "in", [text or False, False]))
        return self.env["crm.trigger.run"].search(domain, limit=1)

    def _sql_was_left(self, record_id, date_text, reasons, since=None, *, live=False):
        """Return the condition that the last run of a record for its date value stopped and may resume.

        :param date_text: SQL of the text of its date value
        :param reasons: stop reasons to include
        :param since: naive UTC; it started or resumed at or after this time, and its end is known
        :param live: evaluate as if the rule were live, even in test
        """
        return SQL(
            "EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %(rule)s AND run.res_id = %(record)s"
            " AND %(counts)s"
            " AND run.date_value = %(date)s AND run.state = %(stopped)s AND run.stop_reason IN %(reasons)s"
            " AND (%(since)s::timestamp IS NULL"
            " OR run.stopped_at IS NOT NULL AND greatest(run.started_at, run.resumed_at) >= %(since)s)"
            " AND NOT EXISTS (SELECT FROM crm_trigger_run other WHERE other.rule_id = run.rule_id"
            " AND other.res_id = run.res_id AND other.id != run.id AND (%(trying)s OR other.trial IS NOT TRUE)"
            " AND (other.date_value = run.date_value AND other.id > run.id OR other.occurrence = %(once)s)))",
            rule=self.id,
            record=record_id,
            counts=self._sql_counts(live=live),
            trying=self.state == states.TEST and not live,
            date=date_text,
            stopped=states.STOPPED,
            reasons=reasons,
            since=since,
            once=ONCE if self.reentry == "once" else None,
        )


class CrmTriggerExecution(models.Model):
    """The executions of a resumed run."""

    _inherit = "crm.trigger.execution"

    def _get_point(self, rule):
        """Return where the run of these lines resumes: the step, empty at the end, and when the previous one ended
        (naive UTC), False if there is none.
        """
        last = self.filtered(lambda line: line.state in states.ENDED).sorted(lambda line: (line.done_at, line.id))[-1:]
        planned = self.filtered(lambda line: line.state == states.CANCEL).step_id._in_order()[:1]
        return planned or rule._get_next_step(last.step_id), last.done_at
