from odoo import models


class SaleOrderLine(models.Model):
    """A line is as final as its quotation or order."""

    _inherit = "sale.order.line"
    _crm_trigger_terms = frozenset(
        {
            "customer_lead",
            "discount",
            "name",
            "order_id",
            "price_unit",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "tax_ids",
        }
    )

    def _get_crm_trigger_bound(self):
        bound = self.order_id._get_crm_trigger_bound()
        return self.filtered(lambda line: line.order_id in bound)

    def _crm_trigger_settle_prices(self):
        self.order_id._crm_trigger_settle_prices()
        return super()._crm_trigger_settle_prices()
