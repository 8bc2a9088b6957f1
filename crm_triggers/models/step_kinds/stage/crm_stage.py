from odoo import api, models


class CrmStage(models.Model):
    """A stage used by a step cannot be deleted."""

    _inherit = "crm.stage"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        self.env["crm.trigger.step"]._forbid_deletion_of(self, [("action_id.stage_id", "in", self.ids)])
