from datetime import timedelta

from odoo import api, fields, models

RETRY_DAYS = 5  # as long as mail servers keep what they cannot deliver
RETRY_BATCH = 1000  # what Odoo's mail queue takes at once


class MailMail(models.Model):
    """What rules wrote waits for a mail server that is down."""

    _inherit = "mail.mail"

    @api.model
    def _crm_trigger_queue_again(self):
        """Queue the mails of rules again that met no mail server.

        Odoo leaves them to a person, one by one. Nobody got them: connecting failed, which is
        the one failure that Odoo names no type of. With a type it may have been sent all the
        same, or never can be.
        """
        since = fields.Datetime.now() - timedelta(days=RETRY_DAYS)
        domain = [("state", "=", "exception"), ("failure_type", "=", False), ("create_date", ">=", since)]
        unmet = self.search(domain, order="id", limit=RETRY_BATCH)
        wrote = [("result_model", "=", "mail.message"), ("result_id", "in", unmet.mail_message_id.ids)]
        message_ids = set(self.env["crm.trigger.execution"].search(wrote).mapped("result_id") if unmet else ())
        waiting = unmet.filtered(lambda mail: mail.mail_message_id.id in message_ids)
        if waiting:
            waiting.mark_outgoing()
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
