from odoo import fields, models

from ....engine import states
from ....engine.schedule import is_about_past

# A step skipped for one of these reasons has had its turn, or its text was not wanted.
SETTLED = (states.SKIP_CONDITION, states.SKIP_MANUAL, states.SKIP_ALREADY, states.SKIP_EMPTY)


class CrmTriggerStep(models.Model):
    """The text of an email depends on what was sent before: nobody gets a last reminder first.

    The emails of a rule to the same recipients form a chain. If one was not sent, the next email has its text: the
    step decides when, the chain decides what.
    """

    _inherit = "crm.trigger.step"

    def _choose_texts(self, executions):
        """Return ``{execution: step whose email is sent}``: the first of the chain that was not sent and is not
        outdated; a few queries for all.
        """
        chain = self._get_chain_before()
        unsent = chain._get_unsent(executions) if chain else {}
        texts, left = {}, executions
        for step in chain:
            missed = left.filtered(lambda line, step=step: step in unsent.get(line.run_id, ()))
            if not missed or not step.template_id or step._get_template_problem():
                continue
            wanted, past = step._search_wanted(self._get_records(missed)), step._get_about_past(missed, unsent)
            fitting = missed.filtered(lambda line, no=past, yes=wanted: line.res_id in yes and line not in no)
            texts |= dict.fromkeys(fitting, step)
            left -= fitting
        return texts | dict.fromkeys(left, self)

    def _get_chain_before(self):
        """Return the steps before this one, in order, that send emails of the same thread to the same recipients.

        A step that starts a new thread starts a new chain.
        """
        if self.kind != "mail" or self.mail_thread == "own":
            return self.browse()
        chain = self.browse()
        steps = self.rule_id.step_ids.filtered(lambda step: step.kind == "mail")._in_order()
        for step in reversed(steps[: steps.ids.index(self.id)]):
            if step._get_addressing() != self._get_addressing():
                continue
            chain = step + chain
            if step.mail_thread == "own":
                break
        return chain

    def _get_addressing(self):
        """Return the values that determine the recipients of this step."""
        template = self.template_id
        return template.use_default_to, template.partner_to or "", template.email_to or "", template.email_cc or ""

    def _get_unsent(self, executions):
        """Return ``{run: {step: its execution}}`` of those of these steps whose email was not sent."""
        domain = [("run_id", "in", executions.run_id.ids), ("step_id", "in", self.ids)]
        unsent = {}
        for run, lines in executions.search([*domain, ("state", "in", states.ENDED)]).grouped("run_id").items():
            done = lines.filtered(lambda line: line.state == states.DONE)
            sent = self.browse().union(*(line.sent_step_id or line.step_id for line in done))
            missed = lines.filtered(lambda line: line.state == states.DONE or line.skip_reason not in SETTLED)
            unsent[run] = {line.step_id: line for line in missed if line.step_id not in sent}
        return unsent

    def _get_about_past(self, executions, unsent):
        """Return the executions for whose date the email of this step is too late: it announces that day.

        :param dict unsent: of :meth:`_get_unsent`
        """
        runs = executions.run_id.filtered("date_value")
        now = fields.Datetime.now()
        due = {} if self.delay_from == "previous" else runs._get_due_times(self, now)[0]
        past = set()
        for run in runs:
            tz = self.rule_id._get_tz(run.partner_id, run.company_id)
            date_at = self.rule_id._get_date_rule(tz).instant(run._get_date())
            if is_about_past(due.get(run, unsent[run][self].scheduled_at), date_at, now, tz):
                past.add(run.id)
        return executions.filtered(lambda line: line.run_id.id in past)
