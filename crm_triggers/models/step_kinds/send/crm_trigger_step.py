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


SENT_FIELDS = ("is_move_sent", "move_sent_values", "sending_data")  # what sending an invoice changes


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

    def _may_change_record(self):
        """Sending an invoice changes nothing but that it was sent; a quotation may become a sent one."""
        if self.kind != "send" or self.rule_model_name != "account.move":
            return super()._may_change_record()
        return any(fname in text for text in self.rule_id._get_condition_texts() for fname in SENT_FIELDS)
