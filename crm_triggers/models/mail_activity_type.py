from odoo import api, models


class MailActivityType(models.Model):
    """A type of activity that a step plans is not deleted under it."""

    _inherit = "mail.activity.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        # On server actions the field is searched as the type of their own activities.
        steps = self.env["crm.trigger.step"].sudo().search([("kind", "=", "activity")])
        steps = steps.filtered(lambda step: step.activity_type_id in self)
        steps._forbid_deletion(", ".join(self.mapped("name")))
