from odoo import models


class ResCompany(models.Model):
    """Restored companies: their rules were paused, with their planned steps."""

    _inherit = "res.company"

    def write(self, vals):
        """Switch the rules of restored companies off: what was due meanwhile is skipped, and they are activated
        again one by one.
        """
        restored = self.filtered(lambda company: not company.active) if vals.get("active") else self.browse()
        result = super().write(vals)
        if restored:
            rules = self.env["crm.trigger.rule"].sudo().search([("company_id", "in", restored.ids)])  # of any user
            rules._switch_off()
        return result
