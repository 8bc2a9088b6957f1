from odoo import models

from .crm_trigger_execution import SKIP_DEARER, SKIP_PRICE


class IrActionsServer(models.Model):
    """Steps on quotations with coupons and promotions leave a price that stays."""

    _inherit = "ir.actions.server"

    def _crm_trigger_try_discounts(self, order, discounts, until):
        """Give no discount that costs the customer a reward worth as much."""
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
        """Confirm nothing at a price that nobody has seen: Odoo's button takes away a coupon that has ended."""
        reason = super()._crm_trigger_get_confirmation_refusal(order)
        if reason or not order._has_crm_trigger_rewards():
            return reason
        shown, due = order.amount_total, order._get_crm_trigger_total_to_confirm()
        return SKIP_PRICE if order.currency_id.compare_amounts(shown, due) else None
