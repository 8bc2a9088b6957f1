from datetime import timedelta

from odoo import fields, models
from odoo.tools.mail import email_normalize_all

from ...engine import states
from .guards import Later, Skip, Stop

OWN_KEYS = ("stopped", "announced", "document", "archived", "other_contact", "paused")
STOPPED_FOR_GOOD = (states.STOP_ANSWERED, states.STOP_MANUAL, states.STOP_RULE)  # not by an error or the run itself
PUT_OFF = timedelta(hours=1)  # delay until what cannot be checked, or is paused, is checked again


class CrmTriggerExecution(models.Model):
    """Guards that are evaluated only when a message leaves the queue, besides those of its step."""

    _inherit = "crm.trigger.execution"

    def _guard_stopped(self, rule, step):
        """The run was stopped since, by a person or an answer. A stop takes back emails and text messages itself, but
        neither mailings and documents nor what was just being sent.
        """
        stopped = self.filtered(lambda line: line.run_id.state == states.STOPPED)
        reasons = {line: line.run_id.stop_reason for line in stopped}
        return {line: Stop(reason) for line, reason in reasons.items() if reason in STOPPED_FOR_GOOD}

    def _guard_announced(self, rule, step):
        """The text announces a day that is over by now."""
        outdated = self.browse()
        if step.kind in step._get_announcing_kinds():
            for text, lines in self.grouped(lambda line: line.sent_step_id or step).items():
                outdated |= text._get_outdated(lines)
        return dict.fromkeys(outdated, Skip(states.SKIP_LATE))

    def _guard_document(self, rule, step):
        """The quotation, order or invoice to send was cancelled, or the invoice is a draft again."""
        documents, cancelled = self.grouped(lambda line: line._get_sent_document()), self.browse()
        for model_name in ("sale.order", "account.move"):
            ids = [res_id for name, res_id in documents if name == model_name]
            withdrawn = ("cancel", "draft") if model_name == "account.move" else ("cancel",)
            for document in self.env[model_name].browse(ids).exists().filtered_domain([("state", "in", withdrawn)]):
                cancelled |= documents[model_name, document.id]
        return self._hold_those(lambda line: line in cancelled, Skip(states.SKIP_STATE))

    def _get_sent_document(self):
        """Return ``(model, id)`` of the document that this execution sends, ``(None, 0)`` if none."""
        if self.sent_message_id:
            return self.result_model, self.result_id
        return (self.res_model, self.res_id) if self.step_id.kind == "send" else (None, 0)

    def _guard_archived(self, rule, step):
        """The contact with this email address was archived; of recipients given as contacts, the mail checks it."""
        return self._hold_those(
            lambda line: (
                line.sent_to
                and not line.partner_id.active
                and {*line.sent_to.split()} <= {*email_normalize_all(line.partner_id.email or "")}
            ),
            Skip(states.SKIP_ARCHIVED),
        )

    def _guard_other_contact(self, rule, step):
        """The record has another customer by now, or none: then the address of the record itself counts."""
        runs, records = self.env["crm.trigger.run"], {record.id: record for record in self._get_guarded(rule)}
        return self._hold_those(
            lambda line: (
                line.partner_id
                and (
                    partner.commercial_partner_id != line.partner_id.commercial_partner_id
                    if (partner := runs._get_partner(records[line.res_id]))
                    else _is_strange(records[line.res_id], line)
                )
            ),
            Skip(states.SKIP_OTHER_CONTACT),
        )

    def _guard_paused(self, rule, step):
        """A user paused rules on this record."""
        paused = self.env["crm.trigger.pause"]._search_paused(rule.model_name, self.mapped("res_id"))
        return self._hold_those(lambda line: line.res_id in paused, Later(fields.Datetime.now() + PUT_OFF))


def _is_strange(record, line):
    """Return whether a message went to another address than the record has, whose contact was removed."""
    known = {"email_normalized" in record and record.email_normalized} - {False}
    return known.isdisjoint((line.sent_to or line.partner_id.email_normalized or "").split())
