from odoo import fields, models

SKIP_OTHER_COMPANY = "other_company"


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    skip_reason = fields.Selection(
        selection_add=[(SKIP_OTHER_COMPANY, "The project belongs to another company")],
        ondelete={SKIP_OTHER_COMPANY: "set null"},
    )
