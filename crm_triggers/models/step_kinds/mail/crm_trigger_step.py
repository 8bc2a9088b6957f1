from contextlib import nullcontext

from odoo import models
from odoo.tools.mail import email_normalize_all

from ....engine import states
from ...isolation import isolated
from ...step.kinds import StepKind, declare, skipped
from .mail_template import RECIPIENTS, REPLY_TO
from .recipients import get_addresses, get_reached, leave_out, spare, tell_why
from .sender import SENDER

declare(
    "mail",
    StepKind(
        action={"state": "mail_post", "mail_post_method": "email"},
        icon="fa-envelope",
        heading="customer",
        manager_fields=("template_id",),
        minutes=5,
        placed="document",
        reaches="contact",
        threads=True,
    ),
)


class CrmTriggerStep(models.Model):
    """The step that sends an email to the customer."""

    _inherit = "crm.trigger.step"

    def _act_mail(self, executions):
        """Queue one email per document that has a recipient, in a few batches.

        Runs of one document that meet at this step send it once. An email that the next one is about to overtake is
        not sent, nor one that announces a day that is over; texts not sent yet come first.
        """
        outcomes = dict.fromkeys(self._get_outdated(executions), skipped(states.SKIP_LATE))
        outcomes |= dict.fromkeys(self._get_overtaken(executions), skipped(states.SKIP_OVERTAKEN))
        executions -= executions.browse(line.id for line in outcomes)
        if not executions:
            return outcomes
        documents = self._get_documents(self._get_records(executions))
        same = executions.grouped(lambda line: documents[line.res_id])
        first = executions.browse().concat(*(lines[:1] for lines in same.values()))
        senders, zones = self._get_senders(self._get_records(first)), self._get_zones(same)
        already = skipped(states.SKIP_ALREADY)
        outcomes |= dict.fromkeys(executions - first, already)
        texts = self._choose_texts(first)
        alike = first.grouped(lambda line: (texts[line], senders[line.res_id], zones[documents[line.res_id]]))
        for (text, sender, tz), group in alike.items():
            written = text.with_context(tz=tz)._write_mails(group, sender, documents)
            if text != self:
                named = {"sent_step_id": text.id}
                written = {line: {**made, **({} if "state" in made else named)} for line, made in written.items()}
            outcomes |= written
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return outcomes

    def _get_zones(self, records):
        """Return ``{record: time zone}``: the contact's, else the rule's."""
        get_partner = self.env["crm.trigger.run"]._get_partner
        return {record: get_partner(record).tz or self.env.context["tz"] for record in records}

    def _write_mails(self, executions, sender, documents):
        """Queue the emails of one sender, in the time zone of the context.

        They are rendered as the sender with superuser rights: "user" in a template is the salesperson, and so is
        the author; without one, it is the company.

        :raises UserError: the template cannot be rendered; names it and the remedy
        """
        template = self.template_id.with_user(sender or self.env.user).sudo().with_context(lang=sender.lang)
        author = sender.partner_id or self.env.company.partner_id
        # Odoo deletes a message together with its mail if the mail created the message.
        values = {"author_id": author.id, "is_notification": True}
        address = author.email_formatted if author.email else False
        document_ids = {execution: documents[execution.res_id].id for execution in executions}
        writing = documents[executions[0].res_id].union(*(documents[line.res_id] for line in executions))
        errors = []
        with (
            isolated(nullcontext(), f"Rendering {template}", errors.append),
            self._standing_in(writing, dict.fromkeys(writing.ids, sender)),
        ):
            recipients = template._render_crm_trigger_recipients(list(document_ids.values()))
            reasons = self._take_out_blocked(recipients, self._get_archived_addresses(writing))
            reached = [res_id for res_id in recipients if res_id not in reasons]
            reasons |= dict.fromkeys(template._get_crm_trigger_empty(reached), states.SKIP_EMPTY)
            sendable = executions.filtered(lambda execution: document_ids[execution] not in reasons)
            res_ids = [document_ids[execution] for execution in sendable]
            reply_to = self._get_reply_to(res_ids, author, False if template.email_from else address)
            known = {RECIPIENTS: recipients, REPLY_TO: reply_to, SENDER: (address, self.env.company.id)}
            mails = template.with_context(**known).send_mail_batch(res_ids, force_send=False, email_values=values)
            self._put_in_thread(sendable, mails)
        if errors:
            self._complain_of_rendering(template, errors[0])
        refused = {execution: skipped(reasons[document_ids[execution]]) for execution in executions - sendable}
        return refused | self._tell_sent(sendable, mails)

    def _tell_sent(self, executions, mails):
        """Return the outcome of executions that queued one email each: the message, and its recipients."""
        outcomes = self._get_results(executions, mails.mail_message_id)
        for execution, mail in zip(executions, mails, strict=True):
            outcomes[execution]["sent_to"] = " ".join(sorted(mail._get_crm_trigger_addresses()))
        return outcomes

    def _get_reply_to(self, res_ids, author, default):
        """Return ``{record id: address}`` of the reply address, so that answers come back to the record unless the
        template says otherwise.

        Odoo does so for messages but not for mails of templates.

        :param default: the address if Odoo receives no mail
        """
        records = self.env[self._get_document_model_name(self.rule_id.model_name)].browse(res_ids)
        if not records:
            return {}
        defaults, author_ids = dict.fromkeys(res_ids, default), dict.fromkeys(res_ids, author.id)
        return records._notify_get_reply_to_batch(defaults=defaults, author_ids=author_ids)

    def _get_archived_addresses(self, documents):
        """Return ``{document id: addresses}`` of archived contacts: a template may use the email address instead of
        the contact.
        """
        get_partner = self.env["crm.trigger.run"]._get_partner
        partners = {document.id: get_partner(document) for document in documents}
        return {
            res_id: get_addresses(partner) for res_id, partner in partners.items() if partner and not partner.active
        }

    def _take_out_blocked(self, recipients, archived=None):
        """Remove blocked and archived recipients; return ``{record id: reason}`` of the documents whose email has
        no recipient left.

        Odoo's templates check neither the blacklist nor archived contacts.

        :param dict recipients: ``{record id: values}``, as rendered by Odoo's templates; changed in place
        :param dict archived: ``{record id: addresses}`` of archived contacts
        """
        everybody = [partner_id for values in recipients.values() for partner_id in values.get("partner_ids") or ()]
        partners = {
            res_id: self.env["res.partner"].browse(values.get("partner_ids") or ()).with_prefetch(everybody)
            for res_id, values in recipients.items()
        }
        emails = {res_id: get_reached(partners[res_id], values) for res_id, values in recipients.items()}
        asked = {email for found in emails.values() for email in found}
        for values in recipients.values():
            asked.update(email_normalize_all(values.get("email_cc") or ""))
        refused = self.env["mail.blacklist"]._get_crm_trigger_refused(asked)
        reasons = {}
        for res_id, values in recipients.items():
            kept, addresses = spare(partners[res_id], refused)
            out = dict.fromkeys((archived or {}).get(res_id, ()), states.SKIP_ARCHIVED) | refused
            given = leave_out(values.get("email_to"), out) if out else values.get("email_to")
            if not emails[res_id]:
                left = any(one.email_normalized and not one.active for one in partners[res_id])
                reasons[res_id] = states.SKIP_ARCHIVED if left else states.SKIP_NO_RECIPIENT
            elif not (kept or addresses or given):
                reasons[res_id] = tell_why(emails[res_id], out)
            values["partner_ids"] = kept.ids
            values["email_to"] = ", ".join(filter(None, (given, *addresses)))
            if out:
                values["email_cc"] = leave_out(values.get("email_cc"), out)
        return reasons

    def _get_mail_subject(self, model_name, vals):
        return self.env["mail.template"].browse(vals.get("template_id") or []).name

    def _get_mail_problem(self):
        return self._get_template_problem() if self.template_id else self.env._("choose the template of the email.")

    def _get_mail_misfit(self):
        """Return an error if the template is for another model, whose ids it would take."""
        template, wanted = self.template_id, self._get_document_model_name(self.rule_id.model_name)
        if not template or template.model == wanted:
            return None
        return self.env._(
            "the template “%(template)s” is for records of the kind “%(other)s”: choose one for “%(wanted)s”.",
            template=template.name,
            other=template.model_id.name or "-",
            wanted=self.env["ir.model"]._get(wanted).name,
        )

    def _get_template_problem(self):
        if not self.template_id or self.template_id.active:
            return None
        return self.env._("the template “%s” is archived: unarchive it or choose another one.", self.template_id.name)

    def _get_mail_phrase(self):
        if not self.template_id:
            return self.env._("send an email to the customer")
        if self.template_id.use_default_to or "partner" in (self.template_id.partner_to or ""):
            return self.env._("send the email “%s” to the customer", self.template_id.name)
        return self.env._("send the email “%s”", self.template_id.name)
