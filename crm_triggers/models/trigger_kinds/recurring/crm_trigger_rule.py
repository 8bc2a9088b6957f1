from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ....engine import states
from ....engine.recurrence import Recurrence
from ....engine.schedule import is_late
from ....engine.triggers import NONE, declare
from ...step.check import LONGEST_DELAY

RECURRING = "recurring"
declare(RECURRING, NONE, by=__name__)
# Units by their names in fields, and in the engine.
RECUR_UNITS = {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters"}
# Definition of the recurrence: when changed, it counts from that moment.
RECUR_FIELDS = {
    "date_hour",
    "recur_count",
    "recur_day",
    "recur_from",
    "recur_unit",
    "recur_weekday",
    "trg_date_calendar_id",
    "tz",
    "tz_from",
}


class CrmTriggerRule(models.Model):
    """Acts repeatedly on all records that meet the conditions: "every Monday on these".

    Each occurrence is evaluated once, and its day is part of the key of its runs. Of missed occurrences, only the
    last one is caught up.
    """

    _inherit = "crm.trigger.rule"

    recur_count = fields.Integer(
        "Every", default=1, help="Interval between two occurrences, in days, weeks, months or quarters."
    )
    recur_unit = fields.Selection(
        [("day", "days"), ("week", "weeks"), ("month", "months"), ("quarter", "quarters")],
        "Recurrence unit",
        default="week",
        required=True,
        help="Unit of the interval between two occurrences.",
    )
    recur_weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        "Day of the week",
        default="0",
        required=True,
        help="The day on which the rule acts.",
    )
    recur_day = fields.Integer(
        "Day of the month",
        default=1,
        help="The day on which the rule acts; in a month that is shorter, its last day. 31 is the last day of each.",
    )
    recur_from = fields.Date(
        "Counted from",
        default=fields.Date.context_today,
        help="The first period starts on this day: with every 2 weeks, it determines which of the two; with "
        "quarters, the month in which they start. The rule does not run before it.",
    )
    recur_since = fields.Datetime(
        "Occurrences done",
        readonly=True,
        copy=False,
        help="What was due until this moment has been processed.",
    )

    _check_recurrence = models.Constraint(
        "CHECK (recur_count > 0 AND recur_day BETWEEN 1 AND 31)",
        "A rule recurs every 1 or more days, weeks, months or quarters, and a day of the month is between 1 and 31.",
    )

    @api.constrains("trigger", "recur_count", "recur_unit", "recur_from")
    def _check_recurrence_reach(self):
        for rule in self.filtered(lambda rule: rule.trigger == RECURRING):
            if not rule.recur_from:
                raise ValidationError(
                    self.env._("Rule “%s”: set the day from which its periods are counted.", rule.name)
                )
            months = 3 if rule.recur_unit == "quarter" else 1
            unit = "months" if rule.recur_unit == "quarter" else RECUR_UNITS[rule.recur_unit]
            if rule.recur_count * months > LONGEST_DELAY[unit]:
                raise ValidationError(self.env._("Rule “%s”: the longest interval is ten years.", rule.name))

    @api.onchange("recur_unit")
    def _onchange_recur_unit(self):
        """Quarters start with those of the calendar, unless another start is entered."""
        if self.recur_unit == "quarter" and self.recur_from:
            month = (self.recur_from.month - 1) // 3 * 3 + 1
            self.recur_from = self.recur_from.replace(month=month, day=1)

    def _get_recurrence(self):
        """Return the recurrence of this rule; the rule's time zone applies to all its records."""
        self.ensure_one()
        return Recurrence(
            count=self.recur_count,
            unit=RECUR_UNITS[self.recur_unit],
            start=self.recur_from,
            tz=self._get_tz(),
            hour=self.date_hour,
            weekday=int(self.recur_weekday),
            month_day=self.recur_day,
            working=self.trg_date_calendar_id._get_crm_trigger_time(),
        )

    def write(self, vals):
        result = super().write(vals)
        if not RECUR_FIELDS.isdisjoint(vals):
            self._recur_from_now()
        return result

    def _activate(self, state):
        """Occurrences due while the rule was switched off are not caught up."""
        result = super()._activate(state)
        self._recur_from_now()
        return result

    def _recur_from_now(self):
        recurring = self.sudo().filtered(lambda rule: rule.trigger == RECURRING)  # users do not write what was done
        recurring.recur_since = fields.Datetime.now()

    def _get_sweeps(self):
        recurring = self.filtered(lambda rule: rule.trigger == RECURRING)
        return [*super()._get_sweeps(), *((rule, rule._sweep_recurring) for rule in recurring)]

    def _sweep_recurring(self, limit):
        """Start this rule for up to ``limit`` records, if an occurrence is due.

        :return: how many runs were created, including those logged as late or paused
        """
        self.ensure_one()
        now = fields.Datetime.now()
        occurrence = self._get_recurrence().last(now)
        if not occurrence or occurrence.due_at <= (self.recur_since or now):
            return 0
        found = self._search_recurring(occurrence.day, limit)
        if not found:
            self.recur_since = occurrence.due_at
            return 0
        runs, paused = self.env["crm.trigger.run"], self._search_recurring_paused(found)
        noted = dict.fromkeys(paused, occurrence.day.isoformat())
        runs |= runs._start(self, noted, noted, states.STOP_PAUSED)
        entering = dict.fromkeys(res_id for res_id in found if res_id not in paused)
        late = is_late(occurrence.due_at, now=now, late_days=self.late_days, tz=self._get_tz())
        entered = self._enter(entering, dict.fromkeys(entering, occurrence.day), late=late)
        entered._wake()
        return len(runs | entered)

    def _search_recurring_paused(self, res_ids):
        return self.env["crm.trigger.pause"]._search_paused(self.model_name, res_ids)

    def _search_recurring(self, day, limit):
        """Return up to ``limit`` ids of records that meet the conditions and have no run for a day."""
        query = self._get_model()._search(self._get_conditions(), order="id", limit=limit)
        record_id = SQL.identifier(query.table, "id")
        query.add_where(self._sql_has_no_run(record_id, SQL("%s", day.isoformat())))
        return [res_id for (res_id,) in self.env.execute_query(query.select(record_id))]

    def _sql_key_is_spent(self):
        """Only the last occurrence is ever evaluated, also after its hour or time zone was changed."""
        spent = super()._sql_key_is_spent()
        if self.trigger != RECURRING or not self.recur_since:
            return spent
        before = self._date_text(self.recur_since.date() - timedelta(days=self.late_days + 7))
        return SQL("(%s OR run.occurrence = run.date_value AND run.date_value < %s)", spent, before)
