from contextlib import nullcontext

from odoo import api, models
from odoo.tools import email_normalize

from ...engine.robots import HEADERS, is_automatic
from ..isolation import isolated

AUTOMATIC = "crm_triggers_automatic"  # in the context: the message came from a machine


class MailThread(models.AbstractModel):
    """Noticing the customer's answers, in the transaction that brings them in."""

    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Out-of-office replies are told by their headers, which are not kept with the message."""
        automatic = []
        with isolated(nullcontext(), "Reading the headers of an email"):  # which may be anything
            automatic.append(is_automatic(_read_headers(message), self._get_crm_trigger_own_domains()))
        self = self.with_context(**{AUTOMATIC: any(automatic)})
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _get_crm_trigger_own_domains(self):
        """Return the domains in which one receives mails oneself, as a set."""
        system = self.sudo().env  # the user of the gateway may not read companies
        companies = system["res.company"]._read_group([], ["email"])
        emails = [email_normalize(email) for [email] in companies if email]
        aliases = system["mail.alias.domain"]._read_group([], ["name"])
        return {email.partition("@")[2] for email in emails if email} | {name for [name] in aliases}

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        written = message.message_type in ("email", "comment") and not self.env.context.get(AUTOMATIC)
        answerable = written and self.env["crm.trigger.rule"]._get_answerable()
        if answerable and message._is_crm_trigger_from_outside():
            self.env.flush_all()  # what is written until now is not undone along with a failure of ours
            with isolated(self.env.cr.savepoint(flush=False), f"Answer {message.id} on {self}"):
                system = self.sudo().with_context(active_test=False)
                system.env["crm.trigger.run"]._stop_answered(system, message.sudo())
        return result


def _read_headers(message):
    """Return ``{name in small letters: value}`` of what tells a machine."""
    return {name: str(message[name]) for name in HEADERS if name in message}
