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
FIELDS = ("down_payment_type", "down_payment_percent", "down_payment_amount", "invoice_then")


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

    @api.onchange("kind")
    def _onchange_kind(self):
        result = super()._onchange_kind()
        if self.kind == "down_payment" and not self.down_payment_type:
            self.update(self.env["ir.actions.server"].sudo().default_get(FIELDS))
        return result

    @api.depends(*FIELDS)
    def _compute_phrase(self):
        return super()._compute_phrase()

    def _get_down_payment_phrase(self):
        amount = formatLang(self.env, self.down_payment_amount)
        if self.down_payment_type == "percentage":
            amount = self.action_id._format_percent(self.down_payment_percent)
        if self.invoice_then == "sent":
            return self.env._("down-payment invoice over %s, confirmed and sent", amount)
        if self.invoice_then == "posted":
            return self.env._("down-payment invoice over %s, confirmed", amount)
        return self.env._("draft of a down-payment invoice over %s", amount)

    def _check_manager_may(self, model_name, kind, action_vals):
        """Who may not confirm an invoice has no step do it, nor says what over."""
        result = super()._check_manager_may(model_name, kind, action_vals)
        trusted = self.env.su or self.env.user._is_system()
        confirming = kind == "down_payment" and action_vals.get("invoice_then") in ("posted", "sent")
        if confirming and not trusted and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._(
                    "You may not confirm invoices, so your rules may not either: leave the down-payment invoice as a "
                    "draft, or ask somebody who may confirm invoices to make the step."
                )
            )
        return result

    def _act_down_payment(self, executions):
        """Invoice a down payment of the orders that are confirmed."""
        return self._act_on_documents(executions, self.action_id._create_down_payments)
