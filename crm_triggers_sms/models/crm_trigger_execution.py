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

    def _describe_failure(self, *, to, returned, curable):
        """Name the text message, if it is one."""
        if self.step_id.kind != "sms":
            return super()._describe_failure(to=to, returned=returned, curable=curable)
        if curable:
            return self.env._("The SMS to %s did not arrive: correct the number, then write again.", to)
        return self.env._("The SMS to %s was not sent: have the SMS account checked, then retry.", to)
