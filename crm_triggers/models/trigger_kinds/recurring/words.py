from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, format_datetime, get_lang

from ....engine.schedule import AHEAD
from .crm_trigger_rule import RECURRING


class CrmTriggerRule(models.Model):
    """Recurring rules, as text."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_sentence_fields(self):
        recurrence = {"recur_count", "recur_unit", "recur_weekday", "recur_day", "trg_date_calendar_id"}
        return super()._get_sentence_fields() | recurrence

    def _get_when_phrase(self):
        if self.trigger != RECURRING:
            return super()._get_when_phrase()
        records = self._get_preset_phrase() or self.env._("all records that meet the conditions (%s)", self._get_kind())
        recurrence = self._get_recurrence_phrase()
        return self.env._("%(recurrence)s, for %(records)s", recurrence=recurrence, records=records)

    def _get_run_origin(self, run):
        if self.trigger != RECURRING or not run.date_value:
            return super()._get_run_origin(run)
        return self._label(self._get_recurrence_phrase(), run._tell_date())

    def _explain_time(self, record):
        return self._explain_recurrence() if self.trigger == RECURRING else super()._explain_time(record)

    def _explain_recurrence(self):
        """Return when the rule acts next, in the format of a date of :meth:`explain`."""
        next_at = self.sudo()._get_recurrence().next(fields.Datetime.now()).due_at
        told = format_datetime(self.env, next_at, tz=self.env.user.tz)
        return {
            "label": self.env._("Next time"),
            "value": "",
            "due_at": fields.Datetime.to_string(next_at),
            "verdict": AHEAD,
            "text": self.env._("It runs on %s for the records that match then", told),
        }

    def _get_recurrence_phrase(self):
        """Return the recurrence as text: "Every Monday"."""
        count, working = self.recur_count, bool(self.trg_date_calendar_id)
        if self.recur_unit == "day":
            return self._get_daily_phrase(count, working)
        if self.recur_unit == "week":
            names = get_day_names("wide", locale=babel_locale_parse(get_lang(self.env).code))
            day = names[int(self.recur_weekday or 0)]
            one, many = (
                self.env._("Every %s", day),
                self.env._("Every %(count)s weeks, on %(day)s", count=count, day=day),
            )
        elif self.recur_unit == "month":
            day = self._get_month_day_phrase()
            one = self.env._("Every month, %s", day)
            many = self.env._("Every %(count)s months, %(day)s", count=count, day=day)
        else:
            day = self._get_month_day_phrase()
            one = self.env._("Every quarter, %s", day)
            many = self.env._("Every %(count)s quarters, %(day)s", count=count, day=day)
        return one if count == 1 else many

    def _get_daily_phrase(self, count, working):
        if count != 1:
            return self.env._("Every %s days", count)
        return self.env._("Every working day") if working else self.env._("Every day")

    def _get_month_day_phrase(self):
        if self.recur_day >= 31:
            return self.env._("on the last day of the month")
        return self.env._("on day %s of the month", self.recur_day)
