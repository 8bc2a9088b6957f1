from odoo import fields, models

SKIP_UNUSABLE = "unusable"
SKIP_DEARER = "dearer"
SKIP_PRICE = "other_price"


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    skip_reason = fields.Selection(
        selection_add=[
            (SKIP_UNUSABLE, "The coupon program is not running, is used up, or does not apply to this customer"),
            (SKIP_DEARER, "With the discount, the customer would pay as much or more: a reward would be lost"),
            (SKIP_PRICE, "Its rewards are no longer what it shows: the price would change"),
        ],
        ondelete=dict.fromkeys((SKIP_UNUSABLE, SKIP_DEARER, SKIP_PRICE), "set null"),
    )
