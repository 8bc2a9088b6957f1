from datetime import timedelta

from odoo import api, fields, models

from ....engine.schedule import is_about_past
from ....engine.working_time import NoWorkingTimeError


class CrmTriggerStep(models.Model):
    """A text that announces a date is not sent once that day is over, by whichever way it goes (docs/decisions/033)."""

    _inherit = "crm.trigger.step"

    @api.model
    def _get_announcing_kinds(self):
        """Return the kinds of steps that write a text of their own; an administrator's may be an email. Documents and
        mailings announce no date of the record.
        """
        return ("mail", "other")

    def _get_outdated(self, executions):
        """Return the executions for which the text of this step comes too late: it was to be sent before the date
        that started the run, and that day is over. One that is meant for the day itself, or for later, may be late.
        """
        dated, now = executions.filtered(lambda line: line.run_id.date_value), fields.Datetime.now()
        due = self._get_meant_times(dated, now)
        return dated.filtered(
            lambda line: line.run_id in due and line.run_id._is_outdated(due[line.run_id], now, self.delay_from)
        )

    def _get_meant_times(self, executions, now):
        """Return ``{run: when the text of this step was to be sent (naive UTC)}``, as if nothing had been late since
        the run started; of one after another step, as it was planned.
        """
        runs = executions.run_id
        if self.delay_from == "previous" and self != self.rule_id._get_next_step():
            return {line.run_id: line.scheduled_at for line in executions}
        return runs._get_due_times(self, now, {run: run.started_at for run in runs})[0]


class CrmTriggerRun(models.Model):
    """When a text was meant to be sent."""

    _inherit = "crm.trigger.run"

    def _is_outdated(self, due_at, now, origin):
        """Return whether a text due then was meant for before the date of this run, and that day is over.

        A run that began late, because of an outage or a date entered late, has all its steps that much later.

        :param str origin: what the delay of the step counts from
        """
        tz = self.rule_id._get_tz(self.partner_id, self.company_id)
        date_rule, value = self.rule_id._get_date_rule(tz), self._get_date()
        try:
            date_at, late = date_rule.instant(value), self.started_at - date_rule.due_at(value)
        except (OverflowError, NoWorkingTimeError):  # the calendar of the rule may have changed since
            return False
        meant_at = due_at if origin == "date" else due_at - max(late, timedelta())
        return meant_at < date_at and is_about_past(meant_at, date_at, now, tz)
