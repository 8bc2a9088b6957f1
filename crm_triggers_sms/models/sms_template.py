from odoo import api, models


class SmsTemplate(models.Model):
    """A template used by a step cannot be deleted."""

    _inherit = "sms.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        self.env["crm.trigger.step"]._forbid_deletion_of(self, [("action_id.sms_template_id", "in", self.ids)])
