from contextlib import nullcontext

from odoo import api, models
from odoo.tools import email_normalize

from ...engine.robots import HEADERS, is_automatic
from ..isolation import isolated

AUTOMATIC = "crm_triggers_automatic"  # context key: the message is automatic


class MailThread(models.AbstractModel):
    """Detects the customer's answers, in the transaction that receives them."""

    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Out-of-office replies, and answers to invitations that calendars write at a click, are recognised by what is
        not stored with the message.
        """
        automatic = []
        with isolated(nullcontext(), "Reading the headers of an email"):  # arbitrary content
            headers, domains = _read_headers(message), self._get_crm_trigger_own_domains()
            automatic.append(is_automatic(headers, domains) or _is_meeting_reply(message))
        self = self.with_context(**{AUTOMATIC: any(automatic)})
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _get_crm_trigger_own_domains(self):
        """Return the email domains of this database, as a set."""
        system = self.sudo().env  # the gateway's user may not read companies
        companies = system["res.company"]._read_group([], ["email"])
        emails = [email_normalize(email) for [email] in companies if email]
        aliases = system["mail.alias.domain"]._read_group([], ["name"])
        return {email.partition("@")[2] for email in emails if email} | {name for [name] in aliases}

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        written = message.message_type in ("email", "comment") and not self.env.context.get(AUTOMATIC)
        answerable = written and self.env["crm.trigger.rule"]._get_answerable()
        if answerable and message._is_crm_trigger_from_outside():
            self.env.flush_all()  # pending writes of the gateway are not lost if we fail
            with isolated(self.env.cr.savepoint(flush=False), f"Answer {message.id} on {self}"):
                system = self.sudo().with_context(active_test=False)
                system.env["crm.trigger.run"]._stop_answered(system, message.sudo())
        return result


def _read_headers(message):
    """Return ``{lowercase name: value}`` of the headers that mark automatic messages."""
    return {name: str(message[name]) for name in HEADERS if name in message}


def _is_meeting_reply(message):
    """Return whether a calendar program wrote an email: its user accepted or declined a meeting."""
    calendars = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    methods = [dict(part.get_params(())).get("method", "") for part in calendars]
    return any(str(method).upper() == "REPLY" for method in methods)
