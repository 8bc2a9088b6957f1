from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.trigger.mixin", "crm.trigger.known.mixin"]
    _crm_trigger_known = frozenset({"tz"})
    _crm_trigger_phase = "contact"
    _crm_trigger_icon = "fa-address-book-o"
    _crm_trigger_partner = "id"
    _crm_trigger_update_paths = frozenset({"user_id", "category_id", "comment"})

    def _crm_trigger_is_known(self):
        """Of the zones of contacts, only those of companies are."""
        return bool(self.env["res.company"].sudo().search_count([("partner_id", "in", self.ids)], limit=1))
