from textwrap import shorten

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext, ormcache

from ....engine import states
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

        :param str reason: the error of the mail server or the gateway
        :param bool returned: it was sent, and bounced
        :param str address: the address that bounced; by default the recipient's
        :param bool curable: a correct address would help
        """
        done = self.filtered(lambda line: line.state == states.DONE and line._wrote_to_contact())
        for execution in done:
            tell = execution._describe_failure
            to = address or execution.sent_to or execution.partner_id.display_name or execution.record_name
            known = {"to": to, "reason": shorten(reason or "", REASON_LENGTH), "returned": returned, "curable": curable}
            text = tell(execution.rule_id._get_alerted(), **known)
            execution.write({"error": text} if returned else {"error": text, "state": states.ERROR})
            told = curable and execution._tell_salesperson(tell, **known)
            if not returned:
                execution.rule_id._tell_of_failure(text)
            elif not told:
                execution.rule_id._alert(
                    lambda env: env._("Emails of this rule bounce"),
                    lambda _env, text=text: text,
                )

    def _wrote_to_contact(self):
        return not self.step_id or self.step_id._writes_to_contact()

    def _describe_failure(self, user, *, to, reason, returned, curable):
        """Return the failure and the remedy, in the language of a user."""
        env = self.with_context(lang=user.lang).env
        if returned:
            text = env._("The email to %s bounced: correct the address, then write again.", to)
        elif curable:
            text = env._("The email to %s was not sent: correct the address, then retry.", to)
        else:
            text = env._(
                "The email to %s was not sent, or its delivery is unknown: have the mail server checked, then retry.",
                to,
            )
        return env._("%(text)s (%(reason)s)", text=text, reason=reason) if reason else text

    def _tell_salesperson(self, tell, *, to, **known):
        """Create one activity for the salesperson on the document, unless there is one already.

        :param tell: function of a user that returns the text
        :return: whether a user was notified
        """
        step = self.step_id or self.env["crm.trigger.step"]
        record = self.env[self.res_model].browse(self.res_id).exists()
        document = record and step._get_documents(record)[record.id]
        user = document and step._get_senders(record)[record.id]
        if not user or "activity_ids" not in document:
            return False
        summary = self.with_context(lang=user.lang).env._("Not delivered: %s", to)
        if not document.activity_ids.filtered(lambda one: one.automated and one.summary == summary):
            document.with_context(mail_notify_force_send=False).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=Markup("<p>%s</p>") % tell(user, to=to, **known),
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
