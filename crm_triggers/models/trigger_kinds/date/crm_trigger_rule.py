from datetime import date, datetime

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError

from ....engine.schedule import DUE, LATE, DateRule, is_zone
from ...step.check import LONGEST_DELAY

# Units as base_automation names them, and as the engine does.
RANGE_UNITS = {
    "minutes": "minutes",
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
}


class CrmTriggerDateMixin(models.AbstractModel):
    """Whose clock and whose working days a rule counts by, and which dates are due."""

    _name = "crm.trigger.date.mixin"
    _description = "Dates of Trigger Rules"

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
    trg_date_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working days of",
        ondelete="restrict",
        domain="['|', ('company_id', '=', False), ('company_id', '=?', company_id)]",
        help="Only the working days of this calendar are counted, or its working hours, without its "
        "public holidays. Weeks and months that end on a day off go on to the next working day; before "
        "the date, back to the last one. Leave empty to count every day.",
    )
    tz_from = fields.Selection(
        [
            ("company", "of the company"),
            ("contact", "of the contact"),
            ("fixed", "this one"),
        ],
        "Time zone",
        default="company",
        required=True,
        help="Whose clock says when a day begins and what time it is. For a contact without a time "
        "zone it is the company's.",
    )
    tz = fields.Selection(_tz_get, "Chosen time zone", help="Whose clock counts for all records of this rule.")
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

    @api.constrains("tz_from", "tz")
    def _check_tz(self):
        for rule in self:
            if rule.tz_from == "fixed" and not rule.tz:
                raise ValidationError(self.env._("Rule “%s”: choose the time zone whose clock counts.", rule.name))

    @api.constrains("trg_date_calendar_id")
    def _check_calendar(self):
        for rule in self:
            if problem := rule._get_calendar_problem():
                raise ValidationError(problem)

    def _get_calendar_problem(self):
        """Return what is wrong with the working hours of this rule, in words, or None.

        Somebody has to work, or no day would ever be a working day.
        """
        calendar = self.sudo().trg_date_calendar_id  # it may be another company's
        return calendar._lacks_crm_trigger_time() and self.env._(
            "Rule “%(rule)s”: “%(calendar)s” has no working hours in the next two years. "
            "Give it some, or count every day.",
            rule=self.name,
            calendar=calendar.name,
        )

    def _get_counting_company(self, company=None):
        """Return whose clock and working hours count: the record's company, the rule's, the owner's."""
        return company or self.company_id or self.user_id.company_id

    def _get_tz(self, partner=None, company=None):
        """Return the IANA zone whose clock counts, for a record of this contact and company.

        :param partner: ``res.partner``, only asked for by a rule on the clock of the contact
        :param company: ``res.company`` of the record; by default the rule's
        """
        self.ensure_one()
        rule = self.sudo()  # whose clock counts is no secret, also in companies of others
        zones = rule._get_possible_zones(partner and partner.sudo(), company and company.sudo())
        return next((tz for tz in zones if tz and is_zone(tz)), "UTC")

    def _get_possible_zones(self, partner, company):
        """Yield names of zones from the one wanted to the last resort; some may be empty."""
        if self.tz_from == "fixed":
            yield self.tz
        elif self.tz_from == "contact" and partner:
            yield partner.tz
        company = self._get_counting_company(company)
        yield company.partner_id.tz
        yield company.resource_calendar_id.tz
        yield self.user_id.tz

    def _has_one_clock(self):
        """Tell whether the same clock counts for all records of this rule."""
        return self.tz_from == "fixed" or bool(self.tz_from == "company" and self.company_id)

    def _get_zones(self, res_ids):
        """Return ``{record id: zone}``; a few queries for all."""
        if self._has_one_clock():
            return dict.fromkeys(res_ids, self._get_tz())
        get_parties = self.env["crm.trigger.run"]._get_parties
        return {record.id: self._get_tz(*get_parties(self, record)) for record in self._get_model().browse(res_ids)}

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
