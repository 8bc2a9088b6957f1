from odoo import api, models

from ...engine.signal import HUMAN, MACHINE, OLDEST, TYPED, VERIFIED
from ..run.mail_thread import AUTOMATIC
from .recording import Act


class MailThread(models.AbstractModel):
    """Messages that contacts write, and emails that came back, are signals."""

    _inherit = "mail.thread"

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if message.message_type in ("email", "comment") and message._is_crm_trigger_from_outside():
            automatic = bool(self.env.context.get(AUTOMATIC))
            self.env["crm.trigger.signal"]._hear(
                "message_received",
                f"Signal of message {message.id}",
                lambda: self._crm_trigger_tell_message(message.sudo(), automatic),
            )
        return result

    def _crm_trigger_tell_message(self, message, automatic):
        """Return the acts of a message on these records.

        An address is easily forged: it counts as verified in an answer to a message of ours, and in the portal.
        """
        if message.date < self.env.cr.now() - OLDEST:  # an old mailbox is imported
            return self, []
        answered = message.parent_id and message.parent_id.message_type != "notification"
        act = Act(
            res_id=self.id,
            key=f"message {message.id}",
            occurred_at=self.env["crm.trigger.signal"]._read_moment(min(message.date, self.env.cr.now())),
            partner_id=message.author_id.id or None,
            actor=MACHINE if automatic else HUMAN,
            identity=VERIFIED if answered or message.message_type == "comment" else TYPED,
            payload={"subject": message.subject} if message.subject else None,
        )
        return self, [act]

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        bounced = message_dict["bounced_message"]
        if bounced.model in self.env and bounced.res_id:
            self.env["crm.trigger.signal"]._hear(
                "email_bounced",
                f"Signal of the bounce of message {bounced.id}",
                lambda: self._crm_trigger_tell_bounce(bounced.sudo(), message_dict),
            )
        return result

    @api.model
    def _crm_trigger_tell_bounce(self, bounced, message_dict):
        """Return the acts of an email that came back from a contact; others on copy are not the record's contact."""
        record = self.env[bounced.model].sudo().browse(bounced.res_id).exists()
        contact = self.env["crm.trigger.run"]._get_partner(record) if record else self.env["res.partner"]
        partner, email = message_dict["bounced_partner"][:1] or contact, message_dict["bounced_email"]
        theirs = bool(message_dict["bounced_partner"]) or (email and email == contact.email_normalized)
        if not record or not theirs or not partner.partner_share:
            return record, []
        act = Act(
            res_id=record.id,
            key=f"bounce {bounced.id} {partner.id}",
            occurred_at=self.env["crm.trigger.signal"]._read_moment(None),
            partner_id=partner.id,
            actor=MACHINE,
            payload={"subject": bounced.subject} if bounced.subject else None,
        )
        return record, [act]
