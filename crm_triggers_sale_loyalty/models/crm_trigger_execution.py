from odoo import fields, models

SKIP_UNUSABLE = "unusable"


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    skip_reason = fields.Selection(
        selection_add=[
            (SKIP_UNUSABLE, "The coupon program is not running, used up or not for this customer"),
        ],
        ondelete={SKIP_UNUSABLE: "set null"},
    )
