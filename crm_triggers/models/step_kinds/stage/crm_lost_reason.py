from odoo import api, models


class CrmLostReason(models.Model):
    """A reason that a step gives for what is lost is not deleted under it."""

    _inherit = "crm.lost.reason"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        self.env["crm.trigger.step"]._forbid_deletion_of(self, [("action_id.lost_reason_id", "in", self.ids)])
