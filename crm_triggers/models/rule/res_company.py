from odoo import models


class ResCompany(models.Model):
    """A company that comes out of the archive: its rules were paused, with all that they had planned."""

    _inherit = "res.company"

    def write(self, vals):
        """Switch the rules of restored companies off: what fell due meanwhile is history, and they are
        switched on anew, one by one."""
        restored = self.filtered(lambda company: not company.active) if vals.get("active") else self.browse()
        result = super().write(vals)
        if restored:
            rules = self.env["crm.trigger.rule"].sudo().search([("company_id", "in", restored.ids)])  # whoever restores
            rules._switch_off()
        return result
