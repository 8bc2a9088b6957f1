from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        """What the contacts of merged leads did belongs to the remaining one."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.trigger.signal"]._take_over(self, opportunities)
        return result
