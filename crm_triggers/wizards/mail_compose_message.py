from odoo import models

from ..models.trigger_kinds.happening.mail_message import TEMPLATE


class MailComposeMessage(models.TransientModel):
    """Messages that a user writes with a template."""

    _inherit = "mail.compose.message"

    def _action_send_mail_comment(self, res_ids):
        """Pass the template of the message on to rules."""
        composer = self.with_context(**{TEMPLATE: self.template_id.id})
        return super(MailComposeMessage, composer)._action_send_mail_comment(res_ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """Pass the template of the message on to rules."""
        composer = self.with_context(**{TEMPLATE: self.template_id.id})
        return super(MailComposeMessage, composer)._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)
