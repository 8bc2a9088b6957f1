from odoo import api, fields, models

from ....engine.schedule import AHEAD, DUE, HISTORY, LATE
from ...explanation.wording import get_duration
from .crm_trigger_rule import DATE, RANGE_UNITS


class CrmTriggerRule(models.Model):
    """Rules started by a date, as text."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_sentence_fields(self):
        return super()._get_sentence_fields() | {
            "trg_date_id",
            "trg_date_range",
            "trg_date_range_type",
            "trg_date_range_mode",
            "trg_date_calendar_id",
        }

    def _get_when_phrase(self):
        if self.trigger != DATE:
            return super()._get_when_phrase()
        return self._get_date_phrase(self._get_preset_phrase() or self._get_date_label(self._get_kind()))

    def _get_date_label(self, kind):
        label = self.trg_date_id.field_description or "…"
        return self.env._("“%(field)s” (%(kind)s)", field=label, kind=kind)

    def _get_date_phrase(self, date):
        """Return the offset from the date, with its article: "30 days before the end date"."""
        if not self.trg_date_range:
            return self.env._("At %s", date)
        unit = RANGE_UNITS[self.trg_date_range_type or "day"]
        duration = get_duration(self.env, self.trg_date_range, unit, working=bool(self.trg_date_calendar_id))
        if self.trg_date_range_mode == "before":
            return self.env._("%(duration)s before %(date)s", duration=duration, date=date)
        return self.env._("%(duration)s after %(date)s", duration=duration, date=date)

    def _get_run_origin(self, run):
        """A run started by a date names it, whatever starts the rule by now."""
        if not run.date_value:
            return super()._get_run_origin(run)
        return self._label(self.trg_date_id.field_description, run._tell_date())

    def _explain_time(self, record):
        return self._explain_date(record) if self.trigger == DATE else super()._explain_time(record)

    def _explain_date(self, record):
        """Return the date, its due time, and the outcome."""
        field = self.trg_date_id.sudo()
        answer = {"label": field.field_description, "value": "", "due_at": False, "verdict": "none"}
        if not record._has_field_access(record._fields[field.name], "read"):
            return {**answer, "text": self.env._("you have no access to this value")}
        value = record.sudo()[field.name]
        if not value:
            return {**answer, "text": self.env._("There is no date")}
        zone = self.sudo()._get_zones([record.id])[record.id]
        date_rule, due_at = self.sudo()._get_date_rule(zone), None
        verdict = date_rule.verdict(
            value, now=fields.Datetime.now(), late_days=self.late_days, since=self.activated_at or None
        )
        if not (verdict == AHEAD and value.year >= 9000):  # outside the supported years, there is no due time
            due_at = date_rule.due_at(value).replace(microsecond=0)
        text = {
            AHEAD: self.env._("Due on %s", self._tell(due_at)),
            DUE: self.env._("Was due on %s", self._tell(due_at)),
            LATE: self.env._("Was due on %s, too long ago", self._tell(due_at)),
            HISTORY: self.env._("Was due on %s, before the rule was activated", self._tell(due_at)),
        }[verdict]
        value = self._get_value_text(record._fields[field.name], value)
        due_at = fields.Datetime.to_string(due_at) if due_at else False
        return {**answer, "value": value, "due_at": due_at, "verdict": verdict, "text": text}
