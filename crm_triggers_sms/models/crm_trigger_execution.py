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

    def _describe_failure(self, user, *, to, reason, returned, curable):
        """Name the text message, if it is one."""
        if self.step_id.kind != "sms":
            return super()._describe_failure(user, to=to, reason=reason, returned=returned, curable=curable)
        env = self.with_context(lang=user.lang).env
        if curable:
            text = env._("The SMS to %s did not arrive: correct the number, then write again.", to)
        else:
            text = env._("The SMS to %s was not sent: have the SMS account checked, then retry.", to)
        return env._("%(text)s (%(reason)s)", text=text, reason=reason) if reason else text
