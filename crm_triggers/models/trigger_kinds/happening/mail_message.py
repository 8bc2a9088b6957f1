from odoo import api, models
from odoo.tools import html2plaintext

from ...run.mail_thread import AUTOMATIC
from .crm_trigger_rule import Happened

WRITTEN = ("comment", "email", "email_outgoing")
SENT = (*WRITTEN, "auto_comment")  # messages that Odoo sends automatically, with a confirmation for instance
TEMPLATE = "crm_triggers_template_id"  # context key: the template of a message


class MailMessage(models.Model):
    """Received and sent messages are events on their record (K10, K11)."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        rules = self.env["crm.trigger.rule"]
        for happening in ("message_received", "message_sent", "quotation_viewed"):
            rules._note_happened(happening, messages.sudo()._crm_trigger_happened(happening))
        return messages

    def _crm_trigger_happened(self, happening):
        """Return the events on the records of these messages."""

        def tell(model_names):
            of_models = self.filtered(lambda message: message.model in model_names)
            return [
                Happened(
                    message.model,
                    message.res_id,
                    message.id,
                    self.env.context.get(TEMPLATE),
                    f"{message.subject or ''} {html2plaintext(message.body or '')}",
                    at=message.date,  # an old mailbox may be imported
                )
                for message in of_models.filtered(lambda message: message._is_crm_trigger_happening(happening))
            ]

        return self.env["crm.trigger.rule"]._get_happened(happening, tell)

    def _is_crm_trigger_happening(self, happening):
        """Return whether this message was written by or to an external contact: log notes are not."""
        if happening == "quotation_viewed":
            return self._is_crm_trigger_view()
        kinds = WRITTEN if happening == "message_received" else SENT
        if not self.model or not self.res_id or self.message_type not in kinds or self.is_internal:
            return False
        if self.env.context.get(AUTOMATIC):  # automatic messages do not count, whoever sends them
            return False
        from_outside = self._is_crm_trigger_from_outside()
        if self.subtype_id.internal and not from_outside and self.message_type != "email_outgoing":
            return False
        return from_outside == (happening == "message_received")
