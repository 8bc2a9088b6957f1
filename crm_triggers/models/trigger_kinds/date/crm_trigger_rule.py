from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ....engine.schedule import DUE, LATE, DateRule
from ...step.check import LONGEST_DELAY

# Units as base_automation names them, and as the engine does.
RANGE_UNITS = {
    "minutes": "minutes",
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
}


class CrmTriggerRule(models.Model):
    """The date that starts a rule: which are due, found by looking at what is.

    A record is due when its date asks for it and it has no run for that date value yet. So
    nothing is missed by an outage, and nothing fires twice however often the clock looks.
    """

    _inherit = "crm.trigger.rule"

    trg_date_id = fields.Many2one(
        "ir.model.fields",
        "Date",
        ondelete="set null",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime')), ('store', '=', True)]",
        help="The date of the record that starts the rule.",
    )
    trg_date_range = fields.Integer(
        "Delay", default=0, help="How long before or after the date the rule acts; 0 for the day itself."
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
        help="In what the delay is counted.",
    )
    trg_date_range_mode = fields.Selection(
        [("after", "after the date"), ("before", "before the date")],
        "Delay mode",
        default="before",
        help="Whether the rule acts before the date or after it.",
    )
    date_hour = fields.Integer(
        "Hour of the day",
        default=8,
        help="From which hour, in the time zone below, a date without a time counts as reached.",
    )
    late_days = fields.Integer(
        "Too late after (days)",
        default=7,
        help="Counted from the date, or from the moment the rule asks for if that is later. What is "
        "found later than this, for instance after an outage, is noted as missed and not acted upon.",
    )

    @api.constrains("trigger", "trg_date_id", "model_id")
    def _check_date(self):
        for rule in self.filtered(lambda rule: rule.trigger == "date"):
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
                    self.env._("Rule “%s”: you may not read the date that you chose, choose another one.", rule.name)
                )

    @api.constrains("trg_date_range", "trg_date_range_type", "late_days")
    def _check_date_reach(self):
        """A delay of centuries is a typing mistake, and leads out of the calendar."""
        for rule in self:
            longest = LONGEST_DELAY[RANGE_UNITS[rule.trg_date_range_type or "day"]]
            if rule.trg_date_range > longest or rule.late_days > LONGEST_DELAY["days"]:
                raise ValidationError(self.env._("Rule “%s”: the longest delay is ten years.", rule.name))

    def _get_date_rule(self, tz=None):
        """Return how this rule counts from its date.

        :param tz: the zone of the record, if it is known; by default the rule's
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
        """Return the first and last date value that may fall due from ``after`` to ``until`` (UTC)."""
        date_rule = self._get_date_rule()
        if self._has_one_clock():
            return date_rule.window(kind, after, until)
        return date_rule.window_anywhere(kind, after, until)

    def _sort_due(self, dates, now, since=None):
        """Return the ids to act upon, and those to be noted as late, as two sets.

        :param dates: ``{record id: date value | None}``
        :param now: naive UTC
        :param since: naive UTC; what fell due before is left out
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

    def _get_date_texts(self, records):
        """Return ``{record id: text of its date value | None}`` for a rule started by a date."""
        if self.trigger != "date":
            return dict.fromkeys(records.ids)
        return {record.id: self._date_text(record[self.trg_date_id.name]) for record in records}

    def _date_text(self, value):
        """Return a date value as it is kept on runs, equal to what SQL's ``to_char`` gives."""
        if isinstance(value, datetime):
            return value.isoformat(sep=" ", timespec="seconds")
        return value.isoformat() if isinstance(value, date) else None

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

    def _sql_date_text(self, column):
        """Return the SQL counterpart of :meth:`_date_text`."""
        mask = "YYYY-MM-DD" if self.trg_date_id.ttype == "date" else "YYYY-MM-DD HH24:MI:SS"
        return SQL("to_char(%s, %s)", column, mask)
