from odoo import api, models
from odoo.addons.crm_triggers.engine import states
from odoo.addons.crm_triggers.models.acting import acting_on
from odoo.addons.crm_triggers.models.each_language import in_each_language
from odoo.addons.crm_triggers.models.isolation import isolated
from odoo.addons.crm_triggers.models.queue.guards import Later, Skip

from .crm_trigger_execution import SKIP_PHONE_BLACKLIST


class SmsSms(models.Model):
    """Text messages of rules are checked when they are sent, and respect the blacklist."""

    _inherit = "sms.sms"

    @api.model_create_multi
    def create(self, vals_list):
        """Leave out recipients who opted out, whichever step writes the message."""
        messages = super().create(vals_list)
        if acting_on(self.env.cr):
            blocked = messages._get_crm_trigger_blocked()
            outside = blocked.filtered(lambda one: not one.partner_id or one.partner_id.partner_share)
            if outside:
                outside.write({"state": "canceled", "failure_type": "sms_blacklist"})
        return messages

    def _get_crm_trigger_blocked(self):
        """Return those of these messages whose number is on the blacklist."""
        numbers = [number for number in self.mapped("number") if number]
        blacklist_sudo = self.env["phone.blacklist"].sudo()  # whoever triggers the sending
        blocked = set(blacklist_sudo.search([("number", "in", numbers)]).mapped("number"))
        return self.filtered(lambda one: one.number in blocked)

    def _send(self, *args, **kwargs):
        leaving = self._crm_trigger_look_again()
        return super(SmsSms, leaving)._send(*args, **kwargs) if leaving else None

    def _crm_trigger_look_again(self):
        """Return those of these messages that may be sent now; the log says why the others may not."""
        executions_sudo = self.env["crm.trigger.execution"].sudo()  # whoever triggers the sending
        written = executions_sudo._search_of_messages(self.mail_message_id)
        ours = written.filtered(lambda line: line.state == states.DONE)
        if not ours:
            return self
        held, errors = self.browse(), []
        with isolated(self.env.cr.savepoint(), "Looking again at text messages", errors.append, loud=True):
            held |= self._crm_trigger_hold(ours)
        return self - (self._crm_trigger_of(ours) if errors else held)

    def _crm_trigger_hold(self, executions):
        """Cancel those of these messages that must not be sent; return them, and those that have to wait."""
        verdicts = executions._look_again_before_sending()
        verdicts |= self._crm_trigger_renumber(executions.filtered(lambda line: line not in verdicts))
        blocked = self._get_crm_trigger_blocked()
        gone = self.filtered(lambda one: one.partner_id and not one.partner_id.active)
        skipped = dict.fromkeys(gone.mail_message_id.ids, Skip(states.SKIP_ARCHIVED))
        skipped |= dict.fromkeys(blocked.mail_message_id.ids, Skip(SKIP_PHONE_BLACKLIST))
        verdicts = {line: skipped[line.result_id] for line in executions if line.result_id in skipped} | verdicts
        held = self.browse()
        for verdict, lines in executions.filtered(verdicts.get).grouped(verdicts.get).items():
            messages = self._crm_trigger_of(lines)
            held |= messages
            if not isinstance(verdict, Later):
                lines._note_taken_back(verdict)
                messages.action_set_canceled()
        return held

    def _crm_trigger_renumber(self, executions):
        """Direct these messages to the number that their recipient has now, if it was corrected.

        :return: ``{execution: Skip}`` of those whose recipient gets none at it
        """
        verdicts, texts = {}, self.grouped(lambda one: one.mail_message_id.id)
        asked = executions.filtered(lambda line: line.step_id.kind == "sms")
        for step, lines in asked.grouped("step_id").items():
            documents = step._get_documents(step._get_records(lines).exists())
            recipients = documents and next(iter(documents.values())).union(*documents.values())
            known = recipients._sms_get_recipients_info() if recipients else {}
            refused = step._get_unreachable(known)
            for line in lines.filtered(lambda line, found=documents: line.res_id in found):
                document_id, messages = documents[line.res_id].id, texts[line.result_id]
                if known[document_id]["sanitized"] in messages.mapped("number"):
                    continue
                if document_id in refused:
                    verdicts[line] = Skip(refused[document_id])
                else:
                    messages._crm_trigger_write_number(known[document_id]["sanitized"])
        return verdicts

    def _crm_trigger_write_number(self, number):
        """Change the number, in the chatter too."""
        self.number = number
        told_sudo = self.env["mail.notification"].sudo()  # as Odoo writes them when sending
        told_sudo.search([("sms_id_int", "in", self.ids)]).sms_number = number

    def _crm_trigger_of(self, executions):
        message_ids = set(executions.mapped("result_id"))
        return self.filtered(lambda one: one.mail_message_id.id in message_ids)


class SmsTracker(models.Model):
    """Messages that a gateway refuses or cannot deliver are followed up."""

    _inherit = "sms.tracker"

    def _update_sms_notifications(self, notification_status, failure_type=False, failure_reason=False):
        result = super()._update_sms_notifications(
            notification_status, failure_type=failure_type, failure_reason=failure_reason
        )
        if notification_status in ("exception", "bounce"):
            with isolated(self.env.cr.savepoint(), f"Following up {self}"):
                self.sudo()._crm_trigger_follow_up(failure_type, failure_reason)  # system task
        return result

    def _crm_trigger_follow_up(self, failure_type, failure_reason):
        """Follow up those of these messages that rules wrote and that were not delivered."""
        told = self.mail_notification_id
        by_message = told.grouped("mail_message_id")
        reason = failure_reason or in_each_language(self, lambda one: one._crm_trigger_get_failure(failure_type))
        returned = failure_type in self.env["sms.sms"].DELIVERY_ERRORS
        curable = returned or failure_type in ("sms_number_missing", "sms_number_format", "sms_country_not_supported")
        for line in self.env["crm.trigger.execution"]._search_of_messages(told.mail_message_id):
            numbers = by_message[self.env["mail.message"].browse(line.result_id)].mapped("sms_number")
            line._follow_up(
                reason,
                returned=returned,
                address=", ".join(filter(None, numbers)) or None,
                curable=curable,
            )

    @api.model
    def _crm_trigger_get_failure(self, failure_type):
        """Return why a message did not arrive, in the language of the context."""
        choices = self.env["mail.notification"]._fields["failure_type"]._description_selection(self.env)
        return dict(choices).get(failure_type, failure_type or "")
