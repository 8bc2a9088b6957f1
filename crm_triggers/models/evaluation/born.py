from datetime import datetime, time, timedelta

from odoo import fields, models

from ...engine.happening import judge
from ...engine.schedule import DUE, HISTORY, LATE, to_utc


class CrmTriggerRule(models.Model):
    """New records about the past: an order of 2023 that is imported was not confirmed now."""

    _inherit = "crm.trigger.rule"

    def _judge_born(self, res_ids):
        """Return which of these new records are ``LATE`` and which ``HISTORY``, by their own date, as two sets of ids.

        :param set res_ids: of the rule's model
        """
        fname = self.env[self.model_name]._crm_trigger_own_date
        judged = {DUE: set(), LATE: set(), HISTORY: set()}
        if not fname or not res_ids:
            return judged[LATE], judged[HISTORY]
        since, now, tz = self.activated_at or datetime.min, fields.Datetime.now(), self._get_tz()
        for record in self.env[self.model_name].browse(res_ids):
            at = _get_end(record[fname], tz)
            at = at if at and at < now else None
            judged[judge(at, now=now, since=since, late_days=self.late_days, tz=tz)].add(record.id)
        return judged[LATE], judged[HISTORY]


def _get_end(value, tz):
    """Return the instant of a date, the end of its day; naive UTC."""
    if not value or isinstance(value, datetime):
        return value
    return to_utc(datetime.combine(value + timedelta(days=1), time()), tz)
