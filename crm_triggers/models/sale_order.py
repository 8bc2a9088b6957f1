from odoo import api, fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.trigger.mixin"]

    is_paid_online = fields.Boolean(
        "Paid online",
        compute="_compute_is_paid_online",
        compute_sudo=True,  # who sells may not read payments; that there is one is no secret
        store=True,
        help="A payment on the portal or by a payment link has come in, of the whole or of a part.",
    )

    @api.depends("transaction_ids.state")
    def _compute_is_paid_online(self):
        domain = [("sale_order_ids", "in", self.ids), ("state", "=", "done"), ("operation", "!=", "refund")]
        paid = self.env["payment.transaction"].search(domain).sale_order_ids
        for order in self:
            order.is_paid_online = order._origin in paid
