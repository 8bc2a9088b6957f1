from odoo import models
from odoo.fields import Command

from ..step_kinds.mail.recipients import get_reached
from .guards import Skip


class CrmTriggerExecution(models.Model):
    """An email to a record without a contact follows its address until it leaves, as Odoo has it for contacts."""

    _inherit = "crm.trigger.execution"

    def _readdress(self, ours):
        """Direct waiting emails to the address that their record has now, if it was corrected.

        :param self: done executions
        :param dict ours: ``{execution: mails it wrote}``
        :return: ``{execution: Skip}`` of those that have no recipient now
        """
        verdicts = {}
        asked = self.filtered(lambda line: line.step_id.kind == "mail" and line.sent_to and not line.partner_id)
        for text, lines in asked.grouped(lambda line: line.sent_step_id or line.step_id).items():
            documents = text._get_documents(text._get_records(lines).exists())
            moved = lines.filtered(lambda line, found=documents: _has_moved(found.get(line.res_id), line))
            senders = text._get_senders(text._get_records(moved))
            for sender, group in moved.grouped(lambda line, who=senders: who[line.res_id]).items():
                verdicts |= group._readdress_by(text, sender, documents, ours)
        return verdicts

    def _readdress_by(self, text, sender, documents, ours):
        """The same for the emails of one sender: the template is asked again, which may name somebody else."""
        template = text.template_id.with_user(sender or self.env.user).sudo()
        recipients = template._render_crm_trigger_recipients([documents[line.res_id].id for line in self])
        refused, verdicts = text._take_out_blocked(recipients), {}
        for line in self:
            document_id = documents[line.res_id].id
            values = recipients[document_id]
            reached = get_reached(self.env["res.partner"].browse(values["partner_ids"]), values)
            if document_id in refused:
                verdicts[line] = Skip(refused[document_id])
            elif reached.isdisjoint(line.sent_to.split()):
                ours[line]._crm_trigger_readdress(values)
                line.sent_to = " ".join(sorted(reached))
        return verdicts


class MailMail(models.Model):
    """Emails may be directed elsewhere while they wait."""

    _inherit = "mail.mail"

    def _crm_trigger_readdress(self, values):
        """Replace the recipients by others, as rendered by Odoo's templates."""
        to, cc = values.get("email_to"), values.get("email_cc")
        self.write({"email_to": to, "email_cc": cc, "recipient_ids": [Command.set(values["partner_ids"])]})


def _has_moved(document, line):
    """Return whether a document has another address of its own than the email was written to."""
    own = document and "email_normalized" in document and document.email_normalized
    return bool(own) and own not in line.sent_to.split()
