from odoo import fields, models
from odoo.tools.mail import email_normalize_all

from ...engine import states


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.trigger.mixin", "crm.trigger.known.mixin"]
    _crm_trigger_known = frozenset({"tz"})
    _crm_trigger_phase = "contact"
    _crm_trigger_icon = "fa-address-book-o"
    _crm_trigger_partner = "id"
    _crm_trigger_update_paths = frozenset({"user_id", "category_id", "comment"})

    late_terms = fields.Selection(
        [("business", "Business"), ("public", "Public buyer"), ("none", "Not quoted")],
        "Late Payment Terms (France)",
        help="Which law on late payment reminders of a French company quote to this customer. If empty: the one for "
        "businesses to companies and contacts with a tax ID, none to consumers. Choose “Not quoted” for a "
        "non-professional association or a co-ownership.",
    )

    def _get_late_terms(self):
        """Return the legal terms quoted in reminders to this customer: ``business``, ``public`` or ``none``."""
        self.ensure_one()
        return self.late_terms or ("business" if self.is_company or self.vat else "none")

    def _get_crm_trigger_unreachable(self):
        """Return ``{contact: skip reason}`` of those of these contacts who get no email."""
        emails = {partner: email_normalize_all(partner.email or "")[:1] for partner in self}
        refused = self.env["mail.blacklist"]._get_crm_trigger_refused(
            {email for one in emails.values() for email in one}
        )
        reasons = {
            one: one._tell_crm_trigger_refusal(next(iter(found), None), refused) for one, found in emails.items()
        }
        return {partner: reason for partner, reason in reasons.items() if reason}

    def _tell_crm_trigger_refusal(self, address, refused):
        """Return why this contact gets no message at an address, as a skip reason, or None. The single check for
        messages to one person, of any kind.

        :param self: one contact, or an empty recordset if only an address is known
        :param str address: normalized, or a phone number; empty without one
        :param dict refused: ``{address: skip reason}``, as ``mail.blacklist._get_crm_trigger_refused`` returns it
        """
        if self and not self.active:
            return states.SKIP_ARCHIVED
        return refused.get(address) if address else states.SKIP_NO_RECIPIENT

    def _crm_trigger_is_known(self):
        """Only the time zones of companies' contacts are cached."""
        return bool(self.env["res.company"].sudo().search_count([("partner_id", "in", self.ids)], limit=1))
