from odoo import models

from ..isolation import isolated

AUTOMATIC = "crm_triggers_automatic"  # in the context: the message came from a machine
_BULK = ("auto_reply", "bulk", "junk")


class MailThread(models.AbstractModel):
    """Noticing the customer's answers, in the transaction that brings them in."""

    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Out-of-office replies are told by their headers, which are not kept with the message."""
        self = self.with_context(**{AUTOMATIC: _is_automatic(message)})
        return super()._message_route_process(message, message_dict, routes)

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        author = message.author_id
        outside = message.message_type in ("email", "comment") and (not author or author.partner_share)
        if outside and not self.env.context.get(AUTOMATIC) and self.env["crm.trigger.rule"]._get_answerable():
            self.env.flush_all()  # what is written until now is not undone along with a failure of ours
            with isolated(self.env.cr.savepoint(flush=False), f"Answer {message.id} on {self}"):
                system = self.sudo().with_context(active_test=False)
                system.env["crm.trigger.run"]._stop_answered(system, message.sudo())
        return result


def _is_automatic(message):
    """Tell whether nobody wrote an email (RFC 3834, and what was used before it)."""
    submitted = (message.get("Auto-Submitted") or "no").strip().lower()
    bulk = (message.get("Precedence") or "").strip().lower() in _BULK
    return submitted != "no" or bulk or any(name in message for name in ("X-Autoreply", "X-Autorespond"))
