from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.trigger.mixin", "crm.trigger.known.mixin"]
    _crm_trigger_known = frozenset({"tz"})

    def _crm_trigger_is_known(self):
        """Of the zones of contacts, only those of companies are."""
        return bool(self.env["res.company"].sudo().search_count([("partner_id", "in", self.ids)], limit=1))
