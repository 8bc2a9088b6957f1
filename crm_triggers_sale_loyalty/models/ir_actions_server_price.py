from odoo import models

from .crm_trigger_execution import SKIP_DEARER, SKIP_PRICE


class IrActionsServer(models.Model):
    """Steps on quotations with coupons and promotions leave a final price."""

    _inherit = "ir.actions.server"

    def _crm_trigger_try_discounts(self, order, discounts, until):
        """Give no discount by which the customer loses a reward of the same value."""
        if not order._has_crm_trigger_rewards():
            return super()._crm_trigger_try_discounts(order, discounts, until)
        before = order.amount_total
        with self.env.cr.savepoint() as savepoint:
            given = super()._crm_trigger_try_discounts(order, discounts, until)
            if order.currency_id.compare_amounts(order.amount_total, before) < 0:
                return given
            savepoint.rollback()
        return None, SKIP_DEARER

    def _crm_trigger_get_confirmation_refusal(self, order):
        """Do not confirm at a price the customer has not seen: Odoo's button removes an expired coupon."""
        reason = super()._crm_trigger_get_confirmation_refusal(order)
        if reason or not order._has_crm_trigger_rewards():
            return reason
        shown, due = order.amount_total, order._get_crm_trigger_total_to_confirm()
        return SKIP_PRICE if order.currency_id.compare_amounts(shown, due) else None
