from contextlib import closing

from odoo import models


class SaleOrder(models.Model):
    """The rewards on a quotation are reckoned by Odoo from its lines, on being confirmed at the latest."""

    _inherit = "sale.order"

    def _crm_trigger_settle_prices(self):
        """Have Odoo reckon the rewards anew at once, so that the price shown is the one that is confirmed."""
        for order in self.filtered(lambda order: order._has_crm_trigger_rewards()):
            order._update_programs_and_rewards()
        return super()._crm_trigger_settle_prices()

    def _has_crm_trigger_rewards(self):
        """Tell whether a coupon or a promotion was used on this quotation."""
        return self.state in ("draft", "sent") and any(line.is_reward_line for line in self.order_line)

    def _get_crm_trigger_total_to_confirm(self):
        """Return over what this quotation would be confirmed; nothing is changed."""
        with closing(self.env.cr.savepoint()):
            self._update_programs_and_rewards()
            return self.amount_total
