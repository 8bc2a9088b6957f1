from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError

from ...engine.schedule import is_zone


class CrmTriggerRule(models.Model):
    """The time zone and the working days of a rule."""

    _inherit = "crm.trigger.rule"

    trg_date_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working days of",
        ondelete="restrict",
        domain="['|', ('company_id', '=', False), ('company_id', '=?', company_id)]",
        help="Only the working days or hours of this calendar are counted, without its public holidays. Weeks and "
        "months that end on a day off move to the next working day; before the date, to the previous one. "
        "Leave empty to count every day.",
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
        help="The time zone that determines the hour and the start of a day. For a contact without a time zone, "
        "the company's.",
    )

    tz = fields.Selection(_tz_get, "Chosen time zone", help="The time zone used for all records of this rule.")

    @api.constrains("tz_from", "tz")
    def _check_tz(self):
        for rule in self:
            if rule.tz_from == "fixed" and not rule.tz:
                raise ValidationError(self.env._("Rule “%s”: choose the time zone.", rule.name))

    @api.constrains("trg_date_calendar_id")
    def _check_calendar(self):
        for rule in self:
            if problem := rule._get_calendar_problem():
                raise ValidationError(problem)

    def _get_calendar_problem(self):
        """Return what is wrong with the working hours of this rule, as text, or None.

        Without any working hours, there would be no working day.
        """
        calendar = self.sudo().trg_date_calendar_id  # it may belong to another company
        return calendar._lacks_crm_trigger_time() and self.env._(
            "Rule “%(rule)s”: “%(calendar)s” has no working hours in the next two years. Set some, or count every day.",
            rule=self.name,
            calendar=calendar.name,
        )

    def _get_counting_company(self, company=None):
        """Return the company whose time zone and working hours apply: the record's, the rule's, the owner's."""
        return company or self.company_id or self.user_id.company_id

    def _get_tz(self, partner=None, company=None):
        """Return the IANA time zone that applies to a record of this contact and company.

        :param partner: ``res.partner``, only used by a rule on the contact's time zone
        :param company: ``res.company`` of the record; by default the rule's
        """
        self.ensure_one()
        rule = self.sudo()  # the time zone is not confidential, even in other companies
        zones = rule._get_possible_zones(partner and partner.sudo(), company and company.sudo())
        return next((tz for tz in zones if tz and is_zone(tz)), "UTC")

    def _get_possible_zones(self, partner, company):
        """Yield names of time zones from the preferred one to the last resort; some may be empty."""
        if self.tz_from == "fixed":
            yield self.tz
        elif self.tz_from == "contact" and partner:
            yield partner.tz
        company = self._get_counting_company(company)
        yield company.partner_id.tz
        yield company.resource_calendar_id.tz
        yield self.user_id.tz

    def _has_one_clock(self):
        """Return whether all records of this rule have the same time zone."""
        return self.tz_from == "fixed" or bool(self.tz_from == "company" and self.company_id)

    def _get_zones(self, res_ids):
        """Return ``{record id: time zone}``; a few queries for all."""
        if self._has_one_clock():
            return dict.fromkeys(res_ids, self._get_tz())
        get_parties = self.env["crm.trigger.run"]._get_parties
        return {record.id: self._get_tz(*get_parties(self, record)) for record in self._get_model().browse(res_ids)}
