from datetime import timedelta

from odoo import fields, models

from ....engine import states
from ....engine.decision import MAX_DEPTH

IN_A_ROW = 2  # messages that rules may write to one contact about one record before a person has to
DAY = timedelta(days=1)  # older messages do not count
AT_ONCE = timedelta(minutes=10)  # a faster answer to an automatic email may come from a machine
RECEIVED, SENT = "message_received", "message_sent"
BY_PEOPLE = ("comment", "email", "email_outgoing", "sms")


class CrmTriggerStep(models.Model):
    """Rules that answer each other, or a machine, stop after two messages."""

    _inherit = "crm.trigger.step"

    def _get_held_back(self, executions):
        """Skip the third message in a row to a contact about a record if a rule's own message, or an immediate
        answer to one, caused it: rules answer people, not themselves.
        """
        held = super()._get_held_back(executions)
        if not self._writes_to_contact():
            return held
        asked = executions.filtered(lambda line: line not in held and line.run_id._may_be_in_a_row())
        row = asked._get_row() if asked else {}
        return held | {
            line: states.SKIP_CHAIN
            for line, before in row.items()
            if len(before) >= IN_A_ROW and line.run_id._is_answer_to(before)
        }

    def _writes_to_contact(self):
        if self.kind == "other":  # an administrator's email, message or SMS
            return self.state == "sms" or (self.state == "mail_post" and self.mail_post_method != "note")
        return self.kind in self._get_writing_kinds()

    def _may_change_record(self):
        """Return whether this step changes what rules watch, rather than only writing, noting or planning."""
        if self.kind == "other":
            return not self._writes_to_contact()
        return self.kind in self._get_changing_kinds()

    def _get_writing_kinds(self):
        """Return the kinds of steps that write to the contact."""
        return (*self._get_kinds_where("reaches", "contact"), "message")


class CrmTriggerExecution(models.Model):
    """What rules wrote in a row."""

    _inherit = "crm.trigger.execution"

    def _get_row(self):
        """Return ``{execution: earlier messages of rules to its contact about its record, within the last day and
        since anyone else wrote}``; a few queries for all.
        """
        since = fields.Datetime.now() - DAY
        written = self.search(
            [
                ("res_model", "in", list(set(self.mapped("res_model")))),
                ("res_id", "in", self.mapped("res_id")),
                ("state", "=", states.DONE),
                ("done_at", ">=", since),
                ("step_id", "!=", False),
            ],
            order="done_at, id",
        ).filtered(lambda line: line.step_id._writes_to_contact())
        by_record = written.grouped(lambda line: (line.res_model, line.res_id, line.partner_id))
        people = self._get_messages_of_people(since) if written else {}
        row = {}
        for line in self:
            before = by_record.get((line.res_model, line.res_id, line.partner_id), written.browse())
            messages = people.get(line.res_id, self.env["mail.message"]).filtered(
                lambda one, before=before: (
                    (one.author_id and not one.author_id.partner_share) or not before._is_answered_by(one)
                )
            )
            last = messages.sorted("id")[-1:]
            row[line] = before.filtered(lambda other, last=last: not last or other._came_after(last))
        return row

    def _get_messages_of_people(self, since):
        """Return ``{record id: mail.message}``, messages about the documents of these executions that rules did not
        write.
        """
        records = self.env[self[:1].res_model].browse(self.mapped("res_id"))
        documents = self.env["crm.trigger.step"]._get_documents(records)
        messages = self.env["mail.message"].search(
            [
                ("model", "=", documents[records[0].id]._name),
                ("res_id", "in", [document.id for document in documents.values()]),
                ("create_date", ">=", since),
                ("message_type", "in", BY_PEOPLE),
                ("is_internal", "=", False),
            ]
        )
        by_rules = self.search([("result_model", "=", "mail.message"), ("result_id", "in", messages.ids)])
        of_document = (messages - messages.browse(by_rules.mapped("result_id"))).grouped("res_id")
        none = messages.browse()
        return {record_id: of_document.get(document.id, none) for record_id, document in documents.items()}

    def _came_after(self, message):
        """Return whether this execution's message is newer than another; to the second if it left none."""
        if self.result_model == message._name:
            return self.result_id > message.id
        return self.done_at >= message.create_date.replace(microsecond=0)

    def _is_answered_by(self, message):
        """Return whether a message came so soon after one of these that a machine may have written it."""
        return any(not line._came_after(message) and message.create_date - line.done_at < AT_ONCE for line in self)


class CrmTriggerRun(models.Model):
    """Whether a run may be an answer to messages of rules."""

    _inherit = "crm.trigger.run"

    def _may_be_in_a_row(self):
        """Return whether a rule or an external message started this run."""
        return bool(self.origin_execution_id) or self._hears(RECEIVED)

    def _hears(self, *happenings):
        return self.rule_id.trigger == "happening" and self.rule_id.happening in happenings

    def _is_answer_to(self, before):
        """Return whether this run answers a message that rules wrote, or forms a loop with it.

        :param before: the executions that wrote them
        """
        if self._hears(RECEIVED) and not self.origin_execution_id:
            happening, _space, message_id = self.occurrence.partition(" ")
            if happening != RECEIVED or not message_id.isdecimal():  # it comes once only
                return False
            message = self.env["mail.message"].browse(int(message_id)).exists()
            return bool(message) and before._is_answered_by(message)
        return self._hears(RECEIVED, SENT) or self.rule_id in self._get_rules_before()

    def _get_rules_before(self):
        """Return the chain of rules that led to this run."""
        rules, run = self.env["crm.trigger.rule"], self
        for _step in range(MAX_DEPTH):
            run = run.origin_execution_id.run_id
            rules |= run.rule_id
        return rules
