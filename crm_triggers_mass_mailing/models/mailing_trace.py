from odoo import fields, models
from odoo.addons.crm_triggers.models.isolation import isolated


class MailingTrace(models.Model):
    """Mailings of rules that are not delivered are followed up."""

    _inherit = "mailing.trace"

    crm_trigger_partner_id = fields.Many2one(
        "res.partner",
        "Contact of the record",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The contact to whom a rule sent the mailing, whatever their address was at the time.",
    )

    def set_failed(self, domain=None, failure_type=False):
        traces = super().set_failed(domain=domain, failure_type=failure_type)
        if failure_type != "mail_smtp":
            traces._crm_trigger_follow_up(curable=failure_type in ("mail_email_invalid", "mail_email_missing"))
        return traces

    def set_bounced(self, domain=None, bounce_message=""):
        traces = super().set_bounced(domain=domain, bounce_message=bounce_message)
        traces._crm_trigger_follow_up(bounce_message, returned=True)
        return traces

    def _crm_trigger_follow_up(self, reason="", **how):
        with isolated(self.env.cr.savepoint(), f"Following up {self}"):
            executions_sudo = self.env["crm.trigger.execution"].sudo()  # system task
            domain = [("result_model", "=", "mailing.trace"), ("result_id", "in", self.ids)]
            for line in executions_sudo.search(domain) if self else ():
                line._follow_up(reason, address=self.browse(line.result_id).email, **how)
