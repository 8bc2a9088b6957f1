from odoo import models

from ..happening.crm_trigger_rule import TIDYING


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences_calendar_events(self, opportunities):
        """Meetings moved from a merged opportunity were planned before."""
        quietly = super(CrmLead, self.with_context(**{TIDYING: True}))
        return quietly._merge_dependences_calendar_events(opportunities)
