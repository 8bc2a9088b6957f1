from odoo import fields, models

from ....engine import states


class IrActionsServer(models.Model):
    """Confirms quotations, as Odoo's own button does."""

    _inherit = "ir.actions.server"

    state = fields.Selection(selection_add=[("crm_confirm", "Confirm Quotation")], ondelete={"crm_confirm": "cascade"})
    confirm_expired = fields.Boolean(
        "Include expired quotations", help="Confirm the quotation even after its expiration."
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_confirm" and self.model_name != "sale.order":
            warnings.append(self.env._("Only quotations can be confirmed."))
        return warnings

    def _run_action_crm_confirm_multi(self, eval_context=None):
        self._crm_trigger_confirm_quotations(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_confirm_quotations(self, orders):
        """Confirm the open quotations, each once.

        :param orders: ``sale.order`` recordset
        :return: ``({order: order}, {order: skip reason})``
        :raises UserError: Odoo does not confirm one of them, for instance because it lacks a product
        """
        orders = orders | orders
        self._lock_documents(orders)
        reasons = dict.fromkeys(orders._get_crm_trigger_awaiting_payment(), states.SKIP_COMMITTED)
        for order in orders - self.env["sale.order"].union(*reasons):
            if reason := self._crm_trigger_get_confirmation_refusal(order):
                reasons[order] = reason
        open_ones = orders.filtered(lambda order: order not in reasons)
        if open_ones:
            open_ones.action_confirm()
        return {order: order for order in open_ones}, reasons

    def _crm_trigger_get_confirmation_refusal(self, order):
        """Return the reason why this quotation is not confirmed, or None."""
        if order.state == "sale":
            return states.SKIP_ALREADY
        if order.state not in ("draft", "sent"):
            return states.SKIP_STATE
        if not self.confirm_expired and order.validity_date and order.validity_date < fields.Date.context_today(order):
            return states.SKIP_EXPIRED
        return None
