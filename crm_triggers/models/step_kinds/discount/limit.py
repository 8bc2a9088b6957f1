from math import floor

from odoo import fields, models
from odoo.tools import float_is_zero

HALVINGS = 12  # iterations of the search for a result that fits despite rounding


class IrActionsServer(models.Model):
    """The maximum a step takes off one quotation: an amount without taxes, in the currency of its company."""

    _inherit = "ir.actions.server"

    def _get_value_problem(self):
        if self.state == "crm_discount" and self._crm_trigger_is_nothing(self.discount_maximum):
            return self.env._("the maximum discount is too small: enter more, or 0 for no limit.")
        return super()._get_value_problem()

    def _crm_trigger_is_nothing(self, amount):
        """Return whether an amount was entered that rounds to nothing in the company's currency."""
        step_sudo = self.env["crm.trigger.step"].sudo().search([("action_id", "=", self.id)], limit=1)
        company = step_sudo.rule_id.company_id or self.env.company
        return amount > 0 and company.currency_id.is_zero(amount)

    def _crm_trigger_is_no_percentage(self, percent):
        """Return whether a percentage is invalid: not above 0, with more digits than discounts have, or above 100."""
        digits = self.env["decimal.precision"].precision_get("Discount")
        return not 0 < percent <= 100 or float_is_zero(percent, digits)

    def _crm_trigger_fit_discounts(self, order, discounts):
        """Lower all discounts by the same share, so that their total does not exceed the maximum of the step.

        :param dict discounts: ``{line: discount}``
        :return: the same, without the lines whose discount becomes zero
        """
        most = self._crm_trigger_get_most(order)
        if most is None or (off := self._crm_trigger_get_off(order, discounts)) <= most:
            return discounts
        # The exact share first. If the rounding of many lines exceeds it, bisect until it fits.
        low, high, share, fitting = 0, most / off, most / off, {}
        for _halving in range(HALVINGS):
            lowered = self._crm_trigger_lower_discounts(discounts, share)
            off = self._crm_trigger_get_off(order, lowered)
            if off <= most:
                low, fitting = share, lowered if off else {}
            else:
                high = share
            if low == high:
                break
            share = (low + high) / 2
        return fitting

    def _crm_trigger_lower_discounts(self, discounts, share):
        """Return discounts reduced to a share of their increase, 0 to 1, rounded down."""
        unit = 10 ** self.env["decimal.precision"].precision_get("Discount")
        given = {line: floor((full - line.discount) * share * unit + 1e-6) / unit for line, full in discounts.items()}
        return {line: line.discount + more for line, more in given.items() if more > 0}

    def _crm_trigger_get_off(self, order, discounts):
        """Return what discounts take off a quotation without taxes, as Odoo computes its total."""
        off = self._crm_trigger_get_untaxed(order, {}) - self._crm_trigger_get_untaxed(order, discounts)
        return order.currency_id.round(off)

    def _crm_trigger_get_untaxed(self, order, discounts):
        tax, lines = self.env["account.tax"], order._get_priced_lines()
        base_lines = [
            line._prepare_base_line_for_taxes_computation(discount=discounts.get(line, line.discount)) for line in lines
        ]
        tax._add_tax_details_in_base_lines(base_lines, order.company_id)
        tax._round_base_lines_tax_details(base_lines, order.company_id)
        totals = tax._get_tax_totals_summary(base_lines, order.currency_id, order.company_id)
        return totals["base_amount_currency"]

    def _crm_trigger_get_most(self, order):
        """Return the maximum for a quotation in its currency, not rounded: a limit that rounds to zero still
        applies. None for no limit.
        """
        if not self.discount_maximum:
            return None
        company, today = order.company_id, fields.Date.context_today(self)
        return company.currency_id._convert(self.discount_maximum, order.currency_id, company, today, round=False)
