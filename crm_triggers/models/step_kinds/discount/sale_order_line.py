from odoo import models
from odoo.tools import float_compare


class SaleOrderLine(models.Model):
    """Discounts given by rules belong to the original quotation."""

    _inherit = "sale.order.line"

    def copy_data(self, default=None):
        """A duplicate starts with the previous discount: that of the rule would never be reverted on it."""
        vals_list = super().copy_data(default)
        if "discount" in (default or {}):
            return vals_list
        incentives_sudo = self.env["crm.trigger.incentive"].sudo().with_context(active_test=False)
        given = incentives_sudo.search([("order_id", "in", self.order_id.ids)])._get_given()
        for line, vals in zip(self, vals_list, strict=True):
            if line._has_crm_trigger_discount(given):
                vals["discount"] = given[line.id][0]
        return vals_list

    def _has_crm_trigger_discount(self, given):
        """Return whether this line still has the discount that a rule gave it; a user may have changed it since.

        :param dict given: ``{line id: (discount before, discount given)}``
        """
        digits = self.env["decimal.precision"].precision_get("Discount")
        return self.id in given and not float_compare(self.discount, given[self.id][1], digits)
