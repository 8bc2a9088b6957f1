from textwrap import shorten

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext, ormcache

from ....engine import states
from ...each_language import in_each_language, pick
from ...isolation import isolated

UNMET = "mail_smtp"  # no mail server: it is retried
ADDRESS_FAILURES = ("mail_email_invalid", "mail_email_missing")
REASON_LENGTH = 300  # maximum length of a mail server's message


class CrmTriggerExecution(models.Model):
    """Done means handed over: later failures are logged, and the user who can fix them is notified."""

    _inherit = "crm.trigger.execution"

    def _follow_up(self, reason, *, returned=False, address=None, curable=True):
        """Log that messages of these executions were not delivered, and notify the salesperson; also the rule's
        owner if it was never sent.

        :param reason: the error of the mail server or the gateway, as text or by language
        :param bool returned: it was sent, and bounced
        :param str address: the address that bounced; by default the recipient's
        :param bool curable: a correct address would help
        """
        done = self.filtered(lambda line: line.state == states.DONE and line._wrote_to_contact())
        for execution in done:
            known = {"reason": reason or "", "address": address, "returned": returned, "curable": curable}
            texts = in_each_language(execution, lambda line, known=known: line._tell_undelivered(**known))
            execution._write_in_each_language("error", texts)
            if not returned:
                execution.state = states.ERROR
            told = curable and execution._tell_salesperson(texts, address)
            if not returned:
                execution.rule_id._tell_of_failure(texts)
            elif not told:
                execution.rule_id._alert(
                    lambda env: env._("Emails of this rule bounce"),
                    lambda env, texts=texts: pick(texts, env.lang),
                )

    def _wrote_to_contact(self):
        return not self.step_id or self.step_id._writes_to_contact()

    def _get_addressee(self, address):
        """Return the recipient of the undelivered message, in the language of the context."""
        return address or self.sent_to or self.partner_id.display_name or self.record_name

    def _tell_undelivered(self, reason, address, **known):
        """Return the failure, the remedy and the server's reason, in the language of the context."""
        text = self._describe_failure(to=self._get_addressee(address), **known)
        reason = shorten(pick(reason, self.env.lang), REASON_LENGTH)
        return self.env._("%(text)s (%(reason)s)", text=text, reason=reason) if reason else text

    def _describe_failure(self, *, to, returned, curable):
        """Return the failure and the remedy, in the language of the context."""
        if returned:
            return self.env._("The email to %s bounced: correct the address, then write again.", to)
        if curable:
            return self.env._("The email to %s was not sent: correct the address, then retry.", to)
        return self.env._(
            "The email to %s was not sent, or its delivery is unknown: have the mail server checked, then retry.", to
        )

    def _tell_salesperson(self, texts, address):
        """Create one activity for the salesperson on the document, unless there is one already.

        :param dict texts: the failure, by language
        :param str address: as of :meth:`_follow_up`
        :return: whether a user was notified
        """
        step = self.step_id or self.env["crm.trigger.step"]
        record = self.env[self.res_model].browse(self.res_id).exists()
        document = record and step._get_documents(record)[record.id]
        user = document and step._get_senders(record)[record.id]
        if not user or "activity_ids" not in document:
            return False
        told = self.with_context(lang=user.lang)
        summary = told.env._("Not delivered: %s", told._get_addressee(address))
        if not document.activity_ids.filtered(lambda one: one.automated and one.summary == summary):
            document.with_context(mail_notify_force_send=False).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=Markup("<p>%s</p>") % pick(texts, user.lang),
                user_id=user.id,
                automated=True,
            )
        return True

    @api.model
    def _search_of_messages(self, messages):
        """Return the executions that wrote messages; no query if no rule was ever activated."""
        if not messages or not self.env["crm.trigger.rule"]._has_ever_written():
            return self.browse()
        wrote = Domain("result_model", "=", "mail.message") & Domain("result_id", "in", messages.ids)
        return self.search(wrote | Domain("sent_message_id", "in", messages.ids))

    def _get_message_id(self):
        """Return the id of the message of this execution: its result, or the one its result was sent with."""
        return self.result_id if self.result_model == "mail.message" else self.sent_message_id.id


class CrmTriggerRule(models.Model):
    _inherit = "crm.trigger.rule"

    @api.model
    @ormcache()
    def _has_ever_written(self):
        """Return whether a rule was ever activated; cached per process like the active rules."""
        system = self.with_env(self.env(su=True, context={"active_test": False}))
        return bool(system.search_count([("activated_at", "!=", False)], limit=1))


class MailMail(models.Model):
    """Emails that cannot be sent are followed up immediately."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        if failure_type and failure_type != UNMET:
            with isolated(self.env.cr.savepoint(), f"Following up {self}"):
                self._crm_trigger_follow_up(failure_reason, failure_type)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def _crm_trigger_follow_up(self, reason=None, failure_type=None):
        """Follow up those of these mails that rules wrote and that were not sent."""
        executions_sudo = self.env["crm.trigger.execution"].sudo()  # system task
        by_message = executions_sudo._search_of_messages(self.mail_message_id)
        by_message = by_message.grouped(lambda line: line._get_message_id())
        for mail in self if by_message else ():
            lines = by_message.get(mail.mail_message_id.id, executions_sudo.browse())
            failure = failure_type or mail.failure_type
            address = ", ".join(sorted(mail._get_crm_trigger_addresses()))
            lines._follow_up(reason or mail.failure_reason, address=address, curable=failure in ADDRESS_FAILURES)


class MailThread(models.AbstractModel):
    """Bounces are followed up immediately."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        if not _has_failed(email_message):
            return result
        with isolated(self.env.cr.savepoint(), "Following up a mail that came back"):
            executions_sudo = self.env["crm.trigger.execution"].sudo()  # system task
            executions_sudo._search_of_messages(message_dict["bounced_message"])._follow_up(
                html2plaintext(message_dict.get("body") or ""), returned=True, address=message_dict["bounced_email"]
            )
        return result


def _has_failed(report):
    """Return whether a delivery report says that an email was not delivered, as opposed to delayed or read."""
    if dict(report.get_params(())).get("report-type") == "disposition-notification":
        return False
    parts = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    blocks = [block for part in parts if part.is_multipart() for block in part.get_payload()]
    actions = {str(block.get("Action", "")).strip().lower() for block in blocks} - {""}
    return not actions or "failed" in actions
