from odoo import models
from odoo.tools.mail import email_normalize


class CrmTriggerExecution(models.Model):
    """Who left the company while an email waited does not send it."""

    _inherit = "crm.trigger.execution"

    def _sign_anew(self, ours):
        """Replace senders who may no longer write for the company by those that the step would choose now.

        :param self: done executions
        :param dict ours: ``{execution: mails it wrote}``
        """
        for (step, company), lines in self.grouped(lambda line: (line.step_id, line.company_id)).items():
            mails = self.env["mail.mail"].sudo().union(*map(ours.get, lines))
            gone = step._get_gone_addresses({email_normalize(mail.email_from) for mail in mails}, company)
            if gone and step:
                lines.filtered(lambda line: line.res_id)._sign_by(step, company, gone, ours)

    def _sign_by(self, step, company, gone, ours):
        senders = step._get_senders(step._get_records(self).exists())
        there = self.filtered(lambda line: line.res_id in senders)
        for sender, lines in there.grouped(lambda line: senders[line.res_id]).items():
            author = sender.partner_id or (company or self.env.company).partner_id
            mails = self.env["mail.mail"].sudo().union(*map(ours.get, lines))
            left = mails.filtered(lambda mail: email_normalize(mail.email_from) in gone)
            if author.email:
                left.write({"email_from": author.email_formatted, "author_id": author.id})
