from odoo import api, fields, models

from ...step.kinds import StepKind, declare

declare(
    "send",
    StepKind(
        action={"state": "crm_send_document"},
        icon="fa-paper-plane",
        heading="customer",
        needs="document",
        batch="slow",
        reaches="contact",
        threads=True,
    ),
)


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    kind = fields.Selection(selection_add=[("send", "Send the document"), ("other",)], ondelete={"send": "cascade"})

    @api.model
    def _may_make_send(self, model_name, action_vals):
        self._check_may_change_orders(model_name)

    def _get_send_phrase(self):
        if self.rule_model_name == "account.move":
            return self.env._("send the invoice with its PDF")
        return self.env._("send the quotation or order with its PDF")

    def _act_send(self, executions):
        """Send the documents as Odoo's own button does, even if they were sent before."""
        return self._act_on_documents(executions, self.action_id._crm_trigger_send_documents)
