from odoo import api, models
from odoo.exceptions import UserError


class MailActivityType(models.Model):
    """An activity type used by a step cannot be deleted."""

    _inherit = "mail.activity.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        # On server actions this field is also searched as the type of their own activities.
        steps = self.env["crm.trigger.step"].sudo().search([("kind", "in", ("activity", "close"))])
        steps = steps.filtered(lambda step: (step.activity_type_id | step.close_type_ids) & self)
        steps._forbid_deletion(", ".join(self.mapped("name")))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_awaited_by_rules(self):
        """Name the rules that wait for such an activity."""
        if names := self.env["crm.trigger.rule"]._get_choosing("happening_type_id", self):
            raise UserError(self.env._("These rules wait for such an activity, change them first: %s", names))
