from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    has_rule_discount = fields.Boolean(
        "Discount of a rule",
        readonly=True,
        copy=False,
        help="A rule gave a discount on this quotation, and has not taken it back: a step that tells of it asks.",
    )
