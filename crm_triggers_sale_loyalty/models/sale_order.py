from contextlib import closing

from odoo import models


class SaleOrder(models.Model):
    """Odoo computes the rewards on a quotation from its lines, at the latest on confirmation."""

    _inherit = "sale.order"

    def _crm_trigger_settle_prices(self):
        """Have Odoo recompute the rewards immediately, so that the displayed price is the confirmed one."""
        for order in self.filtered(lambda order: order._has_crm_trigger_rewards()):
            order._update_programs_and_rewards()
        return super()._crm_trigger_settle_prices()

    def _has_crm_trigger_rewards(self):
        """Return whether a coupon or a promotion was used on this quotation."""
        return self.state in ("draft", "sent") and any(line.is_reward_line for line in self.order_line)

    def _get_crm_trigger_total_to_confirm(self):
        """Return the total at which this quotation would be confirmed; without side effects."""
        with closing(self.env.cr.savepoint()):
            self._update_programs_and_rewards()
            return self.amount_total
