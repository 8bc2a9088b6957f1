from odoo import api, models


class CrmLostReason(models.Model):
    """A lost reason used by a step cannot be deleted."""

    _inherit = "crm.lost.reason"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        self.env["crm.trigger.step"]._forbid_deletion_of(self, [("action_id.lost_reason_id", "in", self.ids)])
