from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from ...step.kinds import StepKind, declare

declare(
    "down_payment",
    StepKind(
        action={"state": "crm_down_payment"},
        icon="fa-percent",
        heading="money",
        needs="order",
        manager_fields=("down_payment_type", "down_payment_percent", "down_payment_amount", "invoice_then"),
        standing_fields=("invoice_then",),
        defaults=dict.fromkeys(("down_payment_type", "down_payment_percent", "invoice_then")),
    ),
)


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("down_payment", "Create a down-payment invoice"), ("other",)],
        ondelete={"down_payment": "cascade"},
    )
    down_payment_type = fields.Selection(related="action_id.down_payment_type", readonly=False)
    down_payment_percent = fields.Float(related="action_id.down_payment_percent", readonly=False)
    down_payment_amount = fields.Float(related="action_id.down_payment_amount", readonly=False)
    invoice_then = fields.Selection(related="action_id.invoice_then", readonly=False)

    def _get_down_payment_phrase(self):
        amount = formatLang(self.env, self.down_payment_amount)
        if self.down_payment_type == "percentage":
            amount = self.action_id._crm_trigger_format_percent(self.down_payment_percent)
        if self.invoice_then == "sent":
            return self.env._("create and send a down-payment invoice of %s", amount)
        if self.invoice_then == "posted":
            return self.env._("create a confirmed down-payment invoice of %s", amount)
        return self.env._("create a draft down-payment invoice of %s", amount)

    @api.model
    def _may_make_down_payment(self, model_name, action_vals):
        """Users who may not confirm an invoice cannot create a step that does, nor set its amount."""
        self._check_may_change_orders(model_name)
        confirming = action_vals.get("invoice_then") in ("posted", "sent")
        if confirming and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._(
                    "You have no right to confirm invoices, so your rules do not either: leave the "
                    "down-payment invoice as a draft, or ask someone with this right to create the step."
                )
            )

    def _act_down_payment(self, executions):
        """Invoice a down payment of the confirmed orders."""
        action = self.action_id
        return self._act_on_documents(
            executions, action._crm_trigger_create_down_payments, action._crm_trigger_finish_down_payments
        )

    def _writes_to_contact(self):
        sends = self.kind == "down_payment" and self.invoice_then == "sent"
        return sends or super()._writes_to_contact()
