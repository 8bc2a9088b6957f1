from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.mail import email_normalize_all

from ....engine import states
from ...acting import acting_on
from .headers import AUTOMATIC_HEADERS, add_headers
from .mail_template import RECIPIENTS
from .recipients import get_addresses, leave_out, spare, tell_why

BY_RULE = "crm_triggers_by_rule"  # context key: Odoo's scheduled action sends what a rule asked for
RETRY_DAYS = 5  # as long as mail servers keep undelivered mail
RETRY_BATCH = 1000  # batch size of Odoo's mail queue


class MailMail(models.Model):
    """Emails of rules are marked as automatic, respect opt-outs, and wait for a mail server that is down."""

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        """Mark all emails of rules as automatic, and remove recipients who opted out.

        The recipients of an email step have been checked by then.
        """
        if not (acting_on(self.env.cr) or self.env.context.get(BY_RULE)):
            return super().create(vals_list)
        for vals in vals_list:
            vals["headers"] = add_headers(vals.get("headers"), AUTOMATIC_HEADERS)
        mails = super().create(vals_list)
        if RECIPIENTS not in self.env.context:
            mails.sudo()._crm_trigger_spare_refused()
        return mails

    def _crm_trigger_spare_refused(self):
        """Remove recipients who opted out, are archived or whose mail bounces; colleagues get it regardless of the
        blacklist. Emails without a recipient left are cancelled.

        :return: ``{mail: skip reason}`` of the cancelled ones
        """
        outside = {mail: mail.recipient_ids.filtered("partner_share") for mail in self}
        written = {mail: email_normalize_all(f"{mail.email_to or ''},{mail.email_cc or ''}") for mail in self}
        asked = {email for people in outside.values() for one in people for email in get_addresses(one)}
        refused = self.env["mail.blacklist"]._get_crm_trigger_refused(asked.union(*written.values()))
        concerned = [mail for mail, people in outside.items() if refused or not all(people.mapped("active"))]
        reasons = {}
        for mail in concerned:
            people = outside[mail]
            emails = {email for one in people for email in get_addresses(one)}.union(written[mail])
            if not mail._crm_trigger_spare(people, refused) and (emails or people):
                archived = people and not any(people.mapped("active"))
                reasons[mail] = states.SKIP_ARCHIVED if archived else tell_why(emails, refused)
        self.browse(mail.id for mail in reasons)._crm_trigger_take_back()
        self.browse(mail.id for mail in concerned)._crm_trigger_tell_spared()
        return reasons

    def _crm_trigger_spare(self, people, refused):
        """Remove those of the contacts who get no mail; return whether a recipient is left.

        :param people: the external recipients
        :param refused: normalized addresses that get none
        """
        kept, addresses = spare(people, refused)
        if kept != people:
            self.recipient_ids -= people - kept
            self.email_to = ", ".join(filter(None, (self.email_to, *addresses)))
        for fname in ("email_to", "email_cc") if refused else ():
            if self[fname]:
                self[fname] = leave_out(self[fname], refused)
        return bool(self.recipient_ids or self.email_to)

    def _get_crm_trigger_addresses(self):
        """Return the normalized addresses these mails go to, except copies, as a set."""
        emails = {email for mail in self for email in email_normalize_all(mail.email_to or "")}
        return emails.union(*(get_addresses(one) for one in self.recipient_ids))

    def _crm_trigger_take_back(self):
        """Cancel these unsent mails, and mark their notifications in the chatter."""
        if self:
            self.cancel()
            self._crm_trigger_tell_spared()

    def _crm_trigger_tell_spared(self):
        """Mark in the chatter which intended recipients these mails do not go to."""
        told_sudo = self.env["mail.notification"].sudo()  # as Odoo writes them when sending
        domain = [("mail_mail_id", "in", self.ids), ("notification_status", "not in", ("sent", "canceled"))]
        spared = told_sudo.search(domain).filtered(lambda one: not one.mail_mail_id._crm_trigger_reaches(one))
        spared.write({"notification_status": "canceled"})

    def _crm_trigger_reaches(self, notification):
        """Return whether this mail goes to the contact of a notification."""
        partner = notification.res_partner_id
        addresses = get_addresses(partner) if partner else email_normalize_all(notification.mail_email_address or "")
        going = self.state != "cancel" and self._get_crm_trigger_addresses()
        return bool(going) and (partner in self.recipient_ids or not going.isdisjoint(addresses))

    @api.model
    def _crm_trigger_queue_again(self):
        """Queue again the mails of rules that found no mail server, and follow up those that can never be sent.

        Odoo leaves them to a user, one by one. Nobody received them: connecting failed, the only failure without a
        failure type. With a type, the mail may have been sent nevertheless, or can never be.
        """
        since = fields.Datetime.now() - timedelta(days=RETRY_DAYS)
        failed = self._crm_trigger_search_failed()
        unmet = failed.filtered(lambda mail: not mail.failure_type and mail.create_date >= since)
        (failed - unmet)._crm_trigger_follow_up()
        waiting = unmet._crm_trigger_look_again()
        if waiting:
            waiting.mark_outgoing()
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _crm_trigger_search_failed(self):
        """Return a batch of the unsent mails of rules about which nobody was notified."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT m.id FROM mail_mail m JOIN crm_trigger_execution e"
                " ON (e.result_model = 'mail.message' AND e.result_id = m.mail_message_id)"
                " OR e.sent_message_id = m.mail_message_id"
                " WHERE m.state = 'exception' AND e.state = %s AND e.error IS NULL ORDER BY m.id LIMIT %s",
                states.DONE,
                RETRY_BATCH,
            )
        )
        return self.browse(dict.fromkeys(mail_id for (mail_id,) in rows))

    def _crm_trigger_look_again(self):
        """Return those of these mails that may be sent now: those of rules are checked again.

        The checks are in ``queue/release.py``.
        """
        return self
