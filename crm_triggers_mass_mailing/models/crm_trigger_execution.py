from odoo import fields, models

SKIP_UNSUBSCRIBED = "unsubscribed"


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    skip_reason = fields.Selection(
        selection_add=[(SKIP_UNSUBSCRIBED, "The contact has unsubscribed from the mailing list")],
        ondelete={SKIP_UNSUBSCRIBED: "set null"},
    )
