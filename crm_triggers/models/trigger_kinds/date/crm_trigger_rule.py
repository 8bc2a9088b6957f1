from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ....engine.schedule import DUE, LATE, DateRule
from ....engine.triggers import TriggerTraits, declare
from ...step.check import LONGEST_DELAY

DATE = "date"
declare(DATE, TriggerTraits(born=True, by_change=True, has_date=True), by=__name__)
# Units by their names in base_automation, and in the engine.
RANGE_UNITS = {
    "minutes": "minutes",
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
}


class CrmTriggerRule(models.Model):
    """The date that starts a rule, and the offset from it."""

    _inherit = "crm.trigger.rule"

    trg_date_id = fields.Many2one(
        "ir.model.fields",
        "Date",
        ondelete="set null",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime')), ('store', '=', True)]",
        help="The date of the record that starts the rule.",
    )
    trg_date_range = fields.Integer(
        "Delay", default=0, help="How long before or after the date the rule runs; 0 for the day itself."
    )
    trg_date_range_type = fields.Selection(
        [
            ("minutes", "minutes"),
            ("hour", "hours"),
            ("day", "days"),
            ("week", "weeks"),
            ("month", "months"),
        ],
        "Delay unit",
        default="day",
        help="Unit of the delay.",
    )
    trg_date_range_mode = fields.Selection(
        [("after", "after the date"), ("before", "before the date")],
        "Delay mode",
        default="before",
        help="Whether the rule runs before the date or after it.",
    )
    date_hour = fields.Integer(
        "Hour of the day",
        default=8,
        help="The hour, in the time zone below, from which a date without a time counts as reached.",
    )
    late_days = fields.Integer(
        "Too late after (days)",
        default=7,
        help="Counted from the date, or from the time set in the rule if that is later. What is found later than "
        "this, for example after an outage, is logged as missed and nothing is done. With 0, it is done on "
        "that day or not at all.",
    )

    _check_date_hour = models.Constraint(
        "CHECK (date_hour BETWEEN 0 AND 23)", "The hour of the day is between 0 and 23."
    )
    _check_not_negative = models.Constraint(
        "CHECK (trg_date_range >= 0 AND late_days >= 0)",
        "A delay is never negative: choose before or after the date.",
    )

    @api.constrains("trigger", "trg_date_id", "model_id")
    def _check_date(self):
        for rule in self.filtered(lambda rule: rule.trigger == DATE):
            if rule.trg_date_id.model_id != rule.model_id:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: choose the date of the %(model)s that starts it.",
                        rule=rule.name,
                        model=rule.model_id.name,
                    )
                )
            model = rule._get_readable_model()
            if not model._has_field_access(model._fields[rule.trg_date_id.name], "read"):
                raise ValidationError(
                    self.env._(
                        "Rule “%s”: you have no access to the date that you chose, choose another one.", rule.name
                    )
                )

    @api.constrains("trg_date_range", "trg_date_range_type", "late_days")
    def _check_date_reach(self):
        """A delay of centuries is a typing error, and outside the supported years."""
        for rule in self:
            longest = LONGEST_DELAY[RANGE_UNITS[rule.trg_date_range_type or "day"]]
            if rule.trg_date_range > longest or rule.late_days > LONGEST_DELAY["days"]:
                raise ValidationError(self.env._("Rule “%s”: the longest delay is ten years.", rule.name))

    def _get_date_rule(self, tz=None):
        """Return how this rule counts from its date.

        :param tz: the time zone of the record, if known; by default the rule's
        """
        self.ensure_one()
        sign = -1 if self.trg_date_range_mode == "before" else 1
        return DateRule(
            count=sign * self.trg_date_range,
            unit=RANGE_UNITS[self.trg_date_range_type],
            tz=tz or self._get_tz(),
            hour=self.date_hour,
            working=self.trg_date_calendar_id._get_crm_trigger_time(),
        )

    def _get_date_window(self, kind, after, until):
        """Return the first and last date value that may be due from ``after`` to ``until`` (UTC); for dates without
        a time, from the day of ``after``.
        """
        date_rule = self._get_date_rule()
        if self._has_one_clock():
            return date_rule.window(kind, date_rule.counts_from(kind, after), until)
        return date_rule.window_anywhere(kind, after, until)

    def _sort_due(self, dates, now, since=None):
        """Return the ids to act on, and those to log as late, as two sets.

        :param dates: ``{record id: date value | None}``
        :param now: naive UTC
        :param since: naive UTC; what was due before is left out
        """
        dates = {res_id: value for res_id, value in dates.items() if value}
        zones = self._get_zones(list(dates))
        date_rules = {tz: self._get_date_rule(tz) for tz in set(zones.values())}
        sorted_ids = {DUE: set(), LATE: set()}
        for res_id, value in dates.items():
            date_rule = date_rules[zones[res_id]]
            verdict = date_rule.verdict(value, now=now, late_days=self.late_days, since=since)
            sorted_ids.setdefault(verdict, set()).add(res_id)
        return sorted_ids[DUE], sorted_ids[LATE]

    def _get_dates(self, res_ids):
        """Return ``{record id: date value | None}`` of a rule started by a date."""
        fname = self._get_date_field()
        if not fname:
            return dict.fromkeys(res_ids)
        return {record.id: record[fname] for record in self._get_model().browse(res_ids)}

    def _get_date_texts(self, records):
        """Return ``{record id: text of its date value | None}`` for a rule started by a date."""
        fname = self._get_date_field()
        return {record.id: self._date_text(record[fname]) if fname else None for record in records}

    def _date_text(self, value):
        """Return a date value in the format of runs, equal to SQL's ``to_char``."""
        if isinstance(value, datetime):
            return value.isoformat(sep=" ", timespec="seconds")
        return value.isoformat() if isinstance(value, date) else None

    def _sql_date_text(self, column):
        """Return the SQL counterpart of :meth:`_date_text`."""
        mask = "YYYY-MM-DD" if self.trg_date_id.ttype == "date" else "YYYY-MM-DD HH24:MI:SS"
        return SQL("to_char(%s, %s)", column, mask)

    def _get_date_field(self):
        return self.trg_date_id.name if self.trigger == DATE else super()._get_date_field()

    def _get_watched_fields(self):
        watched, date_field = super()._get_watched_fields(), self._get_date_field()
        return watched | {date_field} if date_field else watched

    def _has_moved(self, run, date_text):
        """Records put in manually have no date, and cannot lose one."""
        if self.trigger != DATE:
            return super()._has_moved(run, date_text)
        return bool(run.date_value) and run.date_value != date_text

    def _get_trigger_problem(self):
        if self.trigger == DATE and self.trg_date_id.name not in self.env[self.model_name]._fields:
            return self.env._("Rule “%s”: the date it waits for no longer exists. Choose another one.", self.name)
        return super()._get_trigger_problem()

    def _clear_choices(self):
        result = super()._clear_choices()
        self.trg_date_id = False
        return result

    @api.model
    def _get_definition_fields(self):
        return super()._get_definition_fields() | {"trg_date_id"}

    @api.model
    def _get_cached_fields(self):
        return super()._get_cached_fields() | {
            "date_hour",
            "late_days",
            "trg_date_id",
            "trg_date_range",
            "trg_date_range_mode",
            "trg_date_range_type",
        }
