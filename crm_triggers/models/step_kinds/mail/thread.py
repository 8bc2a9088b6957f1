import re

from odoo import fields, models

from ....engine.schedule import is_overtaken
from ...trigger_kinds.happening.mail_message import SENT
from .headers import add_headers

THREAD_LENGTH = 10  # how many earlier emails the headers of an email name
_ANSWER = re.compile(r"^(\s*(re|aw|rép|sv|tr|fwd?)\s*:\s*)+", re.IGNORECASE)


class CrmTriggerStep(models.Model):
    """Emails about one matter stay in one thread of the customer's mail program, and after an outage only the one
    that is due now is sent.
    """

    _inherit = "crm.trigger.step"

    mail_thread = fields.Selection(
        [
            ("rule", "The previous email of this rule"),
            ("record", "The last email about the record"),
            ("own", "None, it starts a thread"),
        ],
        "In answer to",
        default="rule",
        required=True,
        help="The customer's mail program shows the email below that one, with its subject: “Re: …”. Without such "
        "an email it begins a thread, with its own subject.",
    )

    def _put_in_thread(self, executions, mails):
        """Make each email a reply to the previous one, if there is one.

        :param mails: ``mail.mail``, one per execution, in the same order
        """
        before = self._get_mails_before(executions, mails) if executions and self.mail_thread != "own" else {}
        for execution, mail in zip(executions, mails, strict=True):
            if earlier := before.get(execution):
                last = earlier[-1]
                subject = _ANSWER.sub("", last.subject or last.record_name or mail.subject or "")
                mail.mail_message_id.subject = f"Re: {subject}"  # through the mail they would be written one by one
                mail.references = " ".join(earlier[-THREAD_LENGTH:].mapped("message_id"))
                mail.headers = add_headers(mail.headers, {"In-Reply-To": last.message_id})

    def _get_mails_before(self, executions, mails):
        """Return ``{execution: mail.message of its thread, oldest first}``; a few queries for all.

        Emails to another customer, sent before the record became this one's, are not included.
        """
        if self.mail_thread == "record":
            return self._get_mails_of_records(executions, mails)
        steps = self.rule_id.step_ids.filtered(lambda step: step._get_kind().threads)
        if self == steps._get_next():
            return {}
        domain = [("run_id", "in", executions.run_id.ids), ("step_id", "in", steps.ids)]
        sent = executions.search([*domain, ("result_model", "=", "mail.message")], order="done_at, id")
        messages = self.env["mail.message"].search([("id", "in", sent.mapped("result_id"))])  # some may be deleted
        of_run, before = sent.grouped("run_id"), {}
        for execution, mail in zip(executions, mails, strict=True):
            addresses = mail._get_crm_trigger_addresses()
            lines = of_run.get(execution.run_id, sent.browse()).filtered(
                lambda line, who=execution.partner_id, emails=addresses: line._went_to(who, emails)
            )
            ids = [line.result_id for line in lines if line.result_id in messages._ids]
            if ids:
                before[execution] = messages.browse(ids)
        return before

    def _get_mails_of_records(self, executions, mails):
        """Return the emails about the same record to or from the recipient.

        Emails to others, such as a question to a supplier, are not shown to them.
        """
        messages = self.env["mail.message"].search(
            [
                ("model", "=", mails[:1].model),
                ("res_id", "in", mails.mapped("res_id")),
                ("id", "not in", mails.mail_message_id.ids),
                ("message_type", "in", SENT),
                ("is_internal", "=", False),
                "|",
                ("subtype_id", "=", False),
                ("subtype_id.internal", "=", False),
            ],
            order="id",
        )
        by_rules = executions.search(
            [
                ("result_model", "=", "mail.message"),
                ("result_id", "in", messages.ids),
                ("step_id.kind", "in", self._get_kinds_where("threads", True)),
            ]
        )
        addressees = {line.result_id: line.partner_id for line in by_rules}  # a sent mail may be deleted
        of_record = messages.grouped("res_id")
        before = {}
        for execution, mail in zip(executions, mails, strict=True):
            people = mail.recipient_ids | execution.partner_id
            before[execution] = of_record.get(mail.res_id, messages.browse()).filtered(
                lambda message, people=people: (
                    people
                    & (
                        message.notified_partner_ids
                        | message.partner_ids
                        | message.author_id
                        | addressees.get(message.id, people.browse())
                    )
                )
            )
        return before

    def _get_overtaken(self, executions):
        """Return those whose email is so late that the next one of the rule is closer."""
        following = self._get_next_mail_step()
        if not following or following.delay_from == "previous":
            return executions.browse()
        wanted = following._search_wanted(self._get_records(executions))
        now = fields.Datetime.now()
        concerned = executions.filtered(lambda line: line.res_id in wanted)
        next_due, _without_time = concerned.run_id._get_due_times(following, now)
        own_due = {} if self.delay_from == "previous" else concerned.run_id._get_due_times(self, now)[0]
        return concerned.filtered(
            lambda line: (
                line.run_id in next_due
                and is_overtaken(own_due.get(line.run_id, line.scheduled_at), next_due[line.run_id], now)
            )
        )

    def _get_next_mail_step(self):
        """Return the step that sends the next email of the rule, empty without one."""
        return self.rule_id.step_ids.filtered(lambda step: step.kind == "mail")._get_next(self)


class CrmTriggerExecution(models.Model):
    """The recipient of an email."""

    _inherit = "crm.trigger.execution"

    def _went_to(self, partner, emails):
        """Return whether this execution's email went to a contact, or to one of these addresses.

        :param set emails: normalized addresses
        """
        if self.partner_id and self.partner_id == partner:
            return True
        if self.sent_to:
            return bool(emails.intersection(self.sent_to.split()))
        return not (self.partner_id or partner)  # sent before addresses were stored
