from odoo import api, models
from odoo.fields import Domain


class ResPartnerCategory(models.Model):
    """A tag that a step adds or removes cannot be deleted."""

    _inherit = "res.partner.category"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        used = Domain("action_id.customer_tag_id", "in", self.ids) | Domain("action_id.prospect_tag_id", "in", self.ids)
        self.env["crm.trigger.step"]._forbid_deletion_of(self, used)
