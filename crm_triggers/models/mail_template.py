from odoo import api, models


class MailTemplate(models.Model):
    """An email that a step sends is not deleted under it."""

    _inherit = "mail.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        steps = self.env["crm.trigger.step"].sudo().search([("action_id.template_id", "in", self.ids)])
        steps._forbid_deletion(", ".join(self.mapped("name")))
