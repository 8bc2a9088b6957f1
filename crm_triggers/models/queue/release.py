from datetime import timedelta

from odoo import api, fields, models

from ...engine import states
from ..isolation import isolated
from ..step_kinds.mail.headers import AUTOMATIC_HEADERS
from .guards import Guard, Later, Skip, Stop
from .release_guards import OWN_KEYS, PUT_OFF

SUPPRESSED = AUTOMATIC_HEADERS["X-Auto-Response-Suppress"]  # Odoo does not write it like this
OF_THE_RECORD = ("stop_when", "date", "conditions", "wanted")  # guards that the run's own actions may trip
APART = timedelta(hours=1)  # emails of one run written closer together than this are meant to be sent together


class CrmTriggerExecution(models.Model):
    """Checks emails again when they leave the queue: their record may have changed since they were written."""

    _inherit = "crm.trigger.execution"

    def _look_again_before_sending(self):
        """Return ``{execution: Skip | Stop | Later}`` of those whose messages must not be sent now.

        :param self: done executions that wrote to a contact
        """
        verdicts = {}
        for (rule, step), lines in self.grouped(lambda line: (line.rule_id, line.step_id)).items():
            verdicts |= lines._ask_before_sending(rule, step)
        return verdicts | self.filtered(lambda line: line not in verdicts)._keep_apart(verdicts)

    def _ask_before_sending(self, rule, step):
        """Evaluate the guards of a step again, except for what the run itself changed by this step or after it."""
        if not rule.active or rule.state == states.DRAFT:
            return dict.fromkeys(self, Stop(states.STOP_RULE))
        changed = self._get_changed_since(step)
        verdicts, left = {}, self
        guards = [guard for guard in self._get_guards() if guard.key != "run"]
        for guard in (*guards, *map(Guard, OWN_KEYS)):
            asked = left - changed if guard.key in OF_THE_RECORD else left
            if asked and (step or guard.key != "wanted"):
                verdicts |= asked._ask(guard, rule, step)
                left = left.filtered(lambda line: line not in verdicts)  # noqa: B023
        return verdicts

    def _get_changed_since(self, step):
        """Return those of these executions whose run itself changed the record, by this step or a later one."""
        if step._may_change_record():
            return self
        later = self.run_id.execution_ids.filtered(
            lambda line: (line.state == states.DONE or line.done_part) and line.step_id._may_change_record()
        )
        last = {line.run_id: line.id for line in later.sorted("id")}
        return self.filtered(lambda line: last.get(line.run_id, 0) > line.id)

    def _keep_apart(self, verdicts):
        """Return the verdicts on emails of one run that waited for a mail server and would now leave together
        though meant for different days: only the first one not sent leaves now.

        :param dict verdicts: verdicts so far
        """
        mails = self.filtered(lambda line: line.step_id.kind == "mail")
        written = mails.run_id.execution_ids.filtered(
            lambda line: line.state == states.DONE and line.step_id.kind == "mail" and line not in verdicts
        )
        domain = [("mail_message_id", "in", written.mapped("result_id")), ("state", "in", ("outgoing", "exception"))]
        waiting = self.env["mail.mail"].search(domain) if len(written) > len(mails.run_id) else self.env["mail.mail"]
        unsent = set(waiting.mail_message_id.ids)
        met_none = set(waiting.filtered("failure_reason").mail_message_id.ids)
        apart = {}
        for line in mails if met_none else ():
            others = written.filtered(lambda one, line=line: one._is_apart_from(line))
            if any(one.id < line.id and one.result_id in met_none for one in others):
                apart[line] = Skip(states.SKIP_TOGETHER)
            elif line.result_id in met_none and any(one.id > line.id and one.result_id not in unsent for one in others):
                apart[line] = Skip(states.SKIP_OVERTAKEN)
        return apart

    def _is_apart_from(self, line):
        """Return whether two emails to one contact in one run were meant for different times."""
        return (
            self.run_id == line.run_id
            and self.partner_id == line.partner_id
            and abs(self.done_at - line.done_at) >= APART
        )

    def _note_taken_back(self, verdict):
        """Log on done executions that a guard prevented their message from being sent."""
        match verdict:
            case Skip(reason):
                self._end_unsent(reason)
            case Stop(reason):
                self._end(states.CANCEL)
                self._note_made()
                self.run_id.filtered(lambda run: run.state != states.STOPPED)._stop(reason)

    def _end_unsent(self, reason):
        """Log on done executions that nothing was sent; records they created remain."""
        self._end(states.SKIPPED, reason)
        self._note_made()

    def _note_made(self):
        made = self.filtered(lambda line: line.sent_message_id and line.result_model != line.res_model)
        made.done_part = states.PART_DOCUMENT


class MailMail(models.Model):
    """Emails of rules are checked when they are sent."""

    _inherit = "mail.mail"

    def send(self, *args, **kwargs):
        return super(MailMail, self._crm_trigger_look_again()).send(*args, **kwargs)

    def _crm_trigger_look_again(self):
        """Return those of these mails that may be sent now. The others are cancelled, with the reason in the log,
        or postponed.
        """
        leaving = super()._crm_trigger_look_again()
        ours = leaving.sudo()._crm_trigger_group_unsent()  # whoever triggers the sending
        leaving = leaving._crm_trigger_spare_automatic(self.browse().concat(*ours.values()))
        if not ours:
            return leaving
        mails, held, errors = self.browse().concat(*ours.values()).sudo(), [], []
        with isolated(self.env.cr.savepoint(), "Looking again at emails", errors.append, loud=True):
            held += self._crm_trigger_hold(ours)
        if errors:  # nothing possibly untrue is sent; the scheduled action pauses a rule that cannot work
            mails.scheduled_date = fields.Datetime.now() + PUT_OFF
            held = mails.ids
        return leaving.filtered(lambda mail: mail.id not in held)

    def _crm_trigger_spare_automatic(self, ours):
        """Return these mails without those of which nobody wants a copy by now, among what rules caused in other
        ways than by a message of their own, such as code of an administrator.

        :param ours: the mails of executions, which are checked with them
        """
        waiting = (self.sudo() - ours).filtered(lambda mail: mail.state in ("outgoing", "exception"))
        caused = waiting.filtered(lambda mail: SUPPRESSED in (mail.headers or ""))
        return self - self.browse(mail.id for mail in caused._crm_trigger_spare_refused())

    def _crm_trigger_group_unsent(self):
        """Return ``{execution: those of these mails that it wrote and that are not sent}``.

        Of a message to all followers, only the mails to external recipients.
        """
        waiting = self.filtered(lambda mail: mail.state in ("outgoing", "exception"))
        executions = self.env["crm.trigger.execution"]._search_of_messages(waiting.mail_message_id)
        by_message, ours = waiting.grouped("mail_message_id"), {}
        for line in executions.filtered(lambda line: line.state == states.DONE and line._wrote_to_contact()):
            mails = by_message[self.env["mail.message"].browse(line._get_message_id())]
            if line.step_id.kind == "message":
                mails = mails.filtered(_goes_outside)
            if mails:
                ours[line] = mails
        return ours

    @api.model
    def _crm_trigger_hold(self, ours):
        """Cancel or postpone mails that must not be sent; return their ids.

        :param dict ours: ``{execution: mails it wrote}``
        """
        executions = self.env["crm.trigger.execution"].sudo().union(*ours)
        verdicts = executions._look_again_before_sending()
        verdicts |= executions.filtered(lambda line: line not in verdicts)._readdress(ours)
        for verdict, lines in executions.filtered(verdicts.get).grouped(verdicts.get).items():
            mails = self.browse().sudo().union(*map(ours.get, lines))
            if isinstance(verdict, Later):
                mails.write({"scheduled_date": verdict.at})
            else:
                lines._note_taken_back(verdict)
                mails._crm_trigger_take_back()
        held = self.browse().sudo().union(*map(ours.get, verdicts))
        left = self.browse().sudo().union(*ours.values()) - held
        executions.filtered(lambda line: line not in verdicts)._sign_anew(ours)
        reasons = left._crm_trigger_spare_refused()
        for line, mails in ours.items():
            refused = [mail for mail in mails if mail in reasons]
            reached = any(mail not in reasons and _goes_outside(mail) for mail in mails)  # not a colleague's copy
            if line not in verdicts and refused and not reached:
                line._end_unsent(reasons[refused[0]])
        return held.ids + [mail.id for mail in reasons]


def _goes_outside(mail):
    return bool(mail.email_to) or any(mail.recipient_ids.mapped("partner_share"))
