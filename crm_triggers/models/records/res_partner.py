from odoo import fields, models


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
        "businesses to companies and to whoever has a tax ID, none to consumers. Choose “Not quoted” for a "
        "non-professional association or a co-ownership.",
    )

    def _get_late_terms(self):
        """Return which terms reminders quote to this customer: ``business``, ``public`` or ``none``."""
        self.ensure_one()
        return self.late_terms or ("business" if self.is_company or self.vat else "none")

    def _crm_trigger_is_known(self):
        """Of the zones of contacts, only those of companies are."""
        return bool(self.env["res.company"].sudo().search_count([("partner_id", "in", self.ids)], limit=1))
