from odoo import models


class AccountMoveLine(models.Model):
    """A line is as final as its invoice."""

    _inherit = "account.move.line"
    _crm_trigger_terms = frozenset(
        {
            "date_maturity",
            "discount",
            "move_id",
            "name",
            "partner_id",
            "price_unit",
            "product_id",
            "product_uom_id",
            "quantity",
            "tax_ids",
        }
    )

    def _get_crm_trigger_bound(self):
        bound = self.move_id._get_crm_trigger_bound()
        return self.filtered(lambda line: line.move_id in bound)
