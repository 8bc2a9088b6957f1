from odoo import models
from odoo.tools.mail import email_normalize, email_normalize_all, email_split_and_format

from ..engine import states


class CrmTriggerMailMixin(models.AbstractModel):
    """Steps that write to somebody: mails to customers, notes and messages on the record."""

    _name = "crm.trigger.mail.mixin"
    _description = "Mails of Trigger Steps"

    def _act_mail(self, executions):
        """Queue one mail per record that has somebody to send it to, in one go."""
        template, records = self.template_id, self._get_records(executions)
        reasons, blocked = self._get_refused(template, records)
        sendable = executions.filtered(lambda execution: execution.res_id not in reasons)
        mails = self.env["mail.mail"]
        if sendable:
            mails = template.send_mail_batch(sendable.mapped("res_id"), force_send=False)
            self._sign(mails, records)
            self._leave_out(mails, blocked)
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        refused = {
            execution: {"state": states.SKIPPED, "skip_reason": reasons[execution.res_id]}
            for execution in executions - sendable
        }
        return refused | self._get_results(sendable, mails.mail_message_id)

    def _sign(self, mails, records):
        """Make the salespeople the authors of their customers' mails."""
        users = self._get_responsibles(records)
        for user, signed in mails.grouped(lambda mail: users[mail.res_id]).items():
            if user:
                signed.author_id = user.partner_id

    def _leave_out(self, mails, blocked):
        """Take those who want no mail out of mails that others receive as well."""
        for mail in mails if blocked else ():
            mail.recipient_ids -= mail.recipient_ids.filtered(lambda partner: partner.email_normalized in blocked)
            for fname in ("email_to", "email_cc"):
                kept = [email for email in email_split_and_format(mail[fname]) if email_normalize(email) not in blocked]
                mail[fname] = ", ".join(kept)

    def _get_refused(self, template, records):
        """Return ``{record id: reason}`` of the records whose mail would reach nobody but
        people who asked for none, and the set of those people's addresses.

        Odoo's templates do not look at the blacklist.
        """
        rendered = template._generate_template(records.ids, ("email_to", "partner_to", "email_cc"))
        emails, copies = {}, set()
        for res_id, values in rendered.items():
            partners = self.env["res.partner"].browse(values.get("partner_ids") or [])
            addresses = email_normalize_all(values.get("email_to") or "")
            emails[res_id] = {*partners.mapped("email_normalized"), *addresses} - {False}
            copies.update(email_normalize_all(values.get("email_cc") or ""))
        asked = [*copies, *(email for found in emails.values() for email in found)]
        blocked = set(self.env["mail.blacklist"].search([("email", "in", asked)]).mapped("email"))
        reasons = {}
        for res_id, found in emails.items():
            if not found:
                reasons[res_id] = states.SKIP_NO_RECIPIENT
            elif found <= blocked:
                reasons[res_id] = states.SKIP_BLACKLIST
        return reasons, blocked

    def _act_note(self, executions):
        """Leave a note in the chatter, with a bell for the responsible."""
        return self._post(executions, "mail.mt_note", notify=True)

    def _act_message(self, executions):
        """Post a message that the followers get."""
        return self._post(executions, "mail.mt_comment", notify=False)

    def _post(self, executions, subtype, *, notify):
        records = self._get_records(executions)
        users = self._get_responsibles(records)
        bodies = self._render_bodies(records, users)
        outcomes = {}
        for execution, record in zip(executions, records, strict=True):
            user = users[record.id]
            message = record.message_post(
                body=bodies[record.id],
                message_type="auto_comment",
                subtype_xmlid=subtype,
                author_id=self.env.ref("base.partner_root").id if notify else user.partner_id.id or None,
                partner_ids=user.partner_id.ids if notify else [],
            )
            outcomes |= self._get_results(execution, message)
        return outcomes

    def _render_bodies(self, records, users):
        """Return ``{record id: Markup}``: the text, in the language of who reads it, or the template's."""
        if self.template_id:
            return self.template_id._render_field("body_html", records.ids, compute_lang=True)
        return {
            record.id: self.with_context(lang=users[record.id].lang or self.env.lang).message_body for record in records
        }
