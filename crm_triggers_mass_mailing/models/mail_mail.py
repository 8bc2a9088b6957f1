from odoo import models
from odoo.addons.crm_triggers.engine import states


class MailMail(models.Model):
    """Mailings of rules are checked again before they are sent, like their emails."""

    _inherit = "mail.mail"

    def _crm_trigger_group_unsent(self):
        ours = super()._crm_trigger_group_unsent()
        waiting = self.filtered(lambda mail: mail.mailing_id and mail.state == "outgoing")
        if not waiting:
            return ours
        traces = self.env["mailing.trace"].search([("mail_mail_id", "in", waiting.ids)])
        mails = {trace.id: trace.mail_mail_id for trace in traces}
        domain = [("result_model", "=", "mailing.trace"), ("result_id", "in", traces.ids), ("state", "=", states.DONE)]
        return ours | {line: mails[line.result_id] for line in self.env["crm.trigger.execution"].search(domain)}

    def _crm_trigger_take_back(self):
        result = super()._crm_trigger_take_back()
        if any(self.mapped("mailing_id")):
            self.env["mailing.trace"].search([("mail_mail_id", "in", self.ids)]).set_canceled()
        return result
