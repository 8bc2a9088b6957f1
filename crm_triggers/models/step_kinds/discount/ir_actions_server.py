from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import float_compare, float_is_zero
from odoo.tools.misc import format_date

from ....engine import states

LONGEST = 366  # maximum days of validity


class IrActionsServer(models.Model):
    """A discount on quotation lines, within limits and for some days."""

    _inherit = "ir.actions.server"

    state = fields.Selection(selection_add=[("crm_discount", "Give a Discount")], ondelete={"crm_discount": "cascade"})
    discount_percent = fields.Float(
        "Discount (%)", default=5.0, help="Discount on the price of each line: more than 0, at most 100."
    )
    discount_maximum = fields.Float(
        "At most (amount)",
        help="The maximum discount on one quotation, without taxes, in the currency of the company; 0 for no "
        "limit. A larger quotation gets a smaller percentage.",
    )
    discount_days = fields.Integer(
        "Valid for (days)",
        default=14,
        help="How many days the discount and the quotation are valid. After that, the previous prices and the "
        "previous expiration of the quotation are restored.",
    )
    discount_lines = fields.Selection(
        [("without", "Lines without a discount"), ("all", "All lines, a higher discount stays")],
        "On",
        default="without",
        help="Which lines get the discount. Discounts are never added up.",
    )

    @api.constrains("state", "discount_percent", "discount_maximum", "discount_days")
    def _crm_trigger_check_discount(self):
        self.filtered(lambda action: action.state == "crm_discount")._check_values()

    def _get_value_problem(self):
        if self.state == "crm_discount":
            if self._crm_trigger_is_no_percentage(self.discount_percent):
                return self.env._("the discount must be more than 0 and at most 100%.")
            if self.discount_maximum < 0:
                return self.env._("the maximum discount cannot be less than 0; 0 means no limit.")
            if not 0 < self.discount_days <= LONGEST:
                return self.env._("the discount must be valid for 1 to %s days.", LONGEST)
        return super()._get_value_problem()

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_discount" and self.model_name != "sale.order":
            warnings.append(self.env._("Only quotations can be given a discount."))
        return warnings

    def _run_action_crm_discount_multi(self, eval_context=None):
        self._crm_trigger_give_discounts(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_give_discounts(self, orders):
        """Give the discount on open quotations that never had one from a rule, including expired ones.

        :param orders: ``sale.order`` recordset
        :return: ``({order: order}, {order: skip reason})``
        """
        orders = orders | orders
        self._lock_documents(orders)
        # Read as superuser: users who can change a quotation may not read what rules gave.
        incentives_sudo = self.env["crm.trigger.incentive"].sudo()
        domain = [("order_id", "in", orders.ids)]
        having = incentives_sudo.with_context(active_test=False).search(domain).order_id
        made, values = {}, []
        reasons = self._crm_trigger_get_discount_refusals(orders, having)
        until = fields.Date.context_today(self) + timedelta(days=self.discount_days)
        for order in orders.filtered(lambda order: order not in reasons):
            given, reason = self._crm_trigger_give_discount(order, until)
            if reason:
                reasons[order] = reason
            else:
                values.append(given)
                made[order] = order
        incentives_sudo.create(values)
        given = self.env["sale.order"].union(*made)
        given.has_rule_discount = True
        self._crm_trigger_log_discounts(given, until)
        return made, reasons

    def _crm_trigger_get_discount_refusals(self, orders, having):
        """Return ``{order: skip reason}`` of quotations that get no discount, whatever their lines.

        :param having: the orders that already have one from a rule
        """
        open_ones = orders.filtered(lambda order: order.state in ("draft", "sent"))
        return {
            **dict.fromkeys(open_ones & having, states.SKIP_ALREADY),
            **dict.fromkeys(open_ones._get_crm_trigger_bound(), states.SKIP_COMMITTED),
            **dict.fromkeys(orders - open_ones, states.SKIP_STATE),
        }

    def _crm_trigger_give_discount(self, order, until):
        """Give the discount that the limits allow on one quotation.

        :return: the values to revert later, and the skip reason: one of them is None
        """
        wanted = self._crm_trigger_get_discounts(order)
        discounts = self._crm_trigger_fit_discounts(order, wanted)
        if not discounts:
            return None, states.SKIP_LIMIT if wanted else states.SKIP_ALREADY
        return self._crm_trigger_try_discounts(order, discounts, until)

    def _crm_trigger_get_discounts(self, order):
        """Return ``{line: discount}`` of the lines whose discount increases, before the maximum of the step."""
        digits = self.env["decimal.precision"].precision_get("Discount")
        lines = order.order_line.filtered(
            lambda line: (
                not (line.display_type or line.is_downpayment)
                and not ("is_reward_line" in line and line.is_reward_line)  # reward lines of sale_loyalty
                and line.price_unit > 0
                and line.product_uom_qty > 0
                and float_compare(self.discount_percent, line.discount, digits) > 0
                and (self.discount_lines == "all" or float_is_zero(line.discount, digits))
            )
        )
        return self._crm_trigger_lower_discounts(dict.fromkeys(lines, self.discount_percent), 1)

    def _crm_trigger_try_discounts(self, order, discounts, until):
        """Give discounts; override if the customer might not benefit from them. Same return value."""
        return self._crm_trigger_apply_discounts(order, discounts, until), None

    def _crm_trigger_apply_discounts(self, order, discounts, until):
        """Write the discounts, and return the values to revert later."""
        before = {line.id: [line.discount, discount] for line, discount in discounts.items()}
        values = {
            "order_id": order.id,
            "valid_until": until,
            "validity_before": order.validity_date,
            "discounts": before,
        }
        for line, discount in discounts.items():
            line.discount = discount
        order.validity_date = until
        order._crm_trigger_settle_prices()
        return values

    def _crm_trigger_log_discounts(self, orders, until):
        day = format_date(self.env, until)
        percent = self._crm_trigger_format_percent(self.discount_percent)
        text = self.env._("Discount of up to %(percent)s until %(day)s.", percent=percent, day=day)
        orders._message_log_batch(dict.fromkeys(orders.ids, text))
