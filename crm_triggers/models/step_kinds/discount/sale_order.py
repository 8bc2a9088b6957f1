from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    has_rule_discount = fields.Boolean(
        "Discount of a rule",
        readonly=True,
        copy=False,
        help="A rule has given a discount on this quotation that is still in effect. For conditions of steps that "
        "mention it.",
    )
