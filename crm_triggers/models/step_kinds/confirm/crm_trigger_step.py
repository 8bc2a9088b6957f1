from odoo import api, fields, models

from ...step.kinds import StepKind, declare

declare(
    "confirm",
    StepKind(
        action={"state": "crm_confirm"},
        icon="fa-check-square-o",
        heading="money",
        needs="order",
        manager_fields=("confirm_expired",),
    ),
)


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("confirm", "Confirm the quotation"), ("other",)], ondelete={"confirm": "cascade"}
    )
    confirm_expired = fields.Boolean(related="action_id.confirm_expired", readonly=False)

    @api.model
    def _may_make_confirm(self, model_name, action_vals):
        self._check_may_change_orders(model_name)

    def _get_confirm_phrase(self):
        if self.confirm_expired:
            return self.env._("confirm the quotation, also an expired one")
        return self.env._("confirm the quotation")

    def _act_confirm(self, executions):
        """Confirm the quotations, as superuser in their company."""
        return self._act_on_documents(executions, self.action_id._crm_trigger_confirm_quotations)
