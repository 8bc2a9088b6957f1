from odoo import models

from ....engine import states
from ...step.kinds import StepKind, declare, skipped

declare(
    "opportunity",
    StepKind(action={"state": "crm_opportunity"}, icon="fa-star", heading="process", needs="deal", batch="light"),
)


class CrmTriggerStep(models.Model):
    """The step that creates the opportunity."""

    _inherit = "crm.trigger.step"

    def _act_opportunity(self, executions):
        """Create the opportunity of the records without one."""
        records = self._get_records(executions)
        without = executions.filtered(lambda e: not records.browse(e.res_id).opportunity_id)
        orders = self._get_records(without)  # there may be two runs of the same record
        self.action_id._crm_trigger_create_opportunities(orders)
        leads = self.env["crm.lead"].concat(*(order.opportunity_id for order in orders))
        already = skipped(states.SKIP_ALREADY)
        return dict.fromkeys(executions - without, already) | self._get_results(without, leads)

    def _get_opportunity_phrase(self):
        return self.env._("create the opportunity")
