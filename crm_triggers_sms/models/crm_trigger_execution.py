from odoo import fields, models

SKIP_NUMBER = "phone_number"
SKIP_PHONE_BLACKLIST = "phone_blacklist"


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    skip_reason = fields.Selection(
        selection_add=[
            (SKIP_NUMBER, "The phone number is not valid"),
            (SKIP_PHONE_BLACKLIST, "The phone number is on the blacklist"),
        ],
        ondelete={SKIP_NUMBER: "set null", SKIP_PHONE_BLACKLIST: "set null"},
    )
