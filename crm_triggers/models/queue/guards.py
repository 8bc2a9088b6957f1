from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import fields, models

from ...engine import states

OWN_KEYS = ("run", "record", "stop_when", "date", "conditions", "wanted")  # what the core asks
TRIAL_REST = timedelta(hours=1)  # after which what a live rule had planned is looked at again while it is in test
SOONEST = timedelta(minutes=1)  # what a guard puts off to a time that has come is not claimed again at once


@dataclass(frozen=True)
class Skip:
    """The step is passed over, and the run goes on.

    ``reason``: a value of ``skip_reason`` of ``crm.trigger.execution``, which an add-on extends.
    """

    reason: str


@dataclass(frozen=True)
class Later:
    """The step waits until then (naive UTC), and is looked at again."""

    at: datetime


@dataclass(frozen=True)
class Stop:
    """The run ends here.

    ``reason``: a value of ``stop_reason`` of ``crm.trigger.run``; None where it has ended already.
    """

    reason: str | None


@dataclass(frozen=True)
class Guard:
    """What may keep planned steps from being done; ``_guard_<key>`` of ``crm.trigger.execution`` asks it.

    ``label`` says what should be and ``obstacle`` what is in the way, translated, for
    ``explain()``; the core's own have neither: it explains them in more detail.
    """

    key: str
    label: str = ""
    obstacle: str = ""


class CrmTriggerExecution(models.Model):
    """Looking again whether what fell due still makes sense: guard by guard, a batch at once."""

    _inherit = "crm.trigger.execution"

    def _get_guards(self):
        """Return the guards between looking again and acting, in the order in which they are asked.

        Override to add some to what super returns. That the rule is in test is asked after all of
        them. The method of each, ``_guard_<key>(rule, step)``, gets executions of one step and
        returns ``{execution: Skip(reason) | Later(at) | Stop(reason)}``; those left out go on.
        """
        return [Guard(key) for key in OWN_KEYS]

    def _look_again(self, rule, step):
        """Skip, put off or stop what no longer makes sense; return the rest.

        Everything here may have changed since the step was planned.
        """
        self._follow_runs()
        left = self - self._get_paused(rule)
        for guard in (*self._get_guards(), Guard("test")):
            if not left:
                break
            held = left._ask(guard, rule, step)
            for verdict, executions in left.filtered(held.get).grouped(held.get).items():
                executions._hold(verdict)
            left = left.filtered(lambda line, held=held: line not in held)
        left._follow_contacts(rule)
        return left

    def _get_paused(self, rule):
        """Return those that wait: their rule or their record was paused since they were claimed. They stay
        planned as they are, and nobody claims them until it goes on."""
        going_on = self.filtered(lambda line: line.run_id.state == states.RUNNING)  # what was stopped ends
        if not (rule.active and rule.state in states.ACTIVE):
            return going_on
        paused = self.env["crm.trigger.pause"]._search_paused(rule.model_name, going_on.mapped("res_id"))
        return going_on.filtered(lambda line: line.res_id in paused)

    def _ask(self, guard, rule, step):
        return getattr(self, f"_guard_{guard.key}")(rule, step)

    def _hold(self, verdict):
        """Do with these executions what a guard says."""
        match verdict:
            case Skip(reason):
                self._end(states.SKIPPED, reason)
            case Later(at):
                self.write({"scheduled_at": max(at.replace(microsecond=0), fields.Datetime.now() + SOONEST)})
            case Stop(reason):
                self._end(states.CANCEL)
                self.run_id.filtered(lambda run: run.state == states.RUNNING)._stop(reason)

    def _end(self, state, skip_reason=False):
        now = fields.Datetime.now()
        self.write({"state": state, "skip_reason": skip_reason, "done_at": now})

    def _follow_runs(self):
        """Go along with the runs that a merge moved while a worker held these executions."""
        for execution in self.filtered(lambda line: line.res_id != line.run_id.res_id):
            run = execution.run_id
            execution.write({"res_id": run.res_id, "partner_id": run.partner_id.id})

    def _follow_contacts(self, rule):
        """Go along with records that have become another customer's: what is done now is done for him."""
        get_partner = self.env["crm.trigger.run"]._get_partner
        partners = {record.id: get_partner(record) for record in self._get_guarded(rule)} if self else {}
        moved = self.filtered(lambda line: partners[line.res_id] and partners[line.res_id] != line.partner_id)
        for partner, lines in moved.grouped(lambda line: partners[line.res_id]).items():
            lines.write({"partner_id": partner.id})

    def _pass_contacts_on(self):
        """Let the runs of these executions know whose they are now; by the end of a batch, for a stop passes
        over runs that are held."""
        moved = self.filtered(lambda line: line.partner_id and line.partner_id != line.run_id.partner_id)
        for partner, lines in moved.grouped("partner_id").items():
            lines.run_id._mark({"partner_id": partner.id})
            counted = lines.run_id.filtered("email")
            counted._mark({"email": partner.email_normalized or None})

    def _get_guarded(self, rule):
        return rule._get_model().browse(self.mapped("res_id"))

    def _hold_those(self, is_held, verdict):
        return {execution: verdict for execution in self if is_held(execution)}

    def _guard_run(self, rule, step):
        """Somebody stopped the run."""
        return self._hold_those(lambda line: line.run_id.state != states.RUNNING, Stop(None))

    def _guard_record(self, rule, step):
        """The record was deleted."""
        there = set(self._get_guarded(rule).exists()._ids)
        return self._hold_those(lambda line: line.res_id not in there, Stop(states.STOP_GONE))

    def _guard_stop_when(self, rule, step):
        """The record reached the "stop when" condition."""
        reached = rule._search_stopped(self.mapped("res_id"))
        return self._hold_those(lambda line: line.res_id in reached, Stop(states.STOP_DOMAIN))

    def _guard_date(self, rule, step):
        """The record has another date than the one that started the run."""
        dates = rule._get_date_texts(self._get_guarded(rule))
        return self._hold_those(lambda line: rule._has_moved(line.run_id, dates[line.res_id]), Stop(states.STOP_MOVED))

    def _guard_conditions(self, rule, step):
        """The record left the conditions, or moved to another company."""
        matching = rule._search_matching(self.mapped("res_id"))
        elsewhere = () if rule.keep_matching else rule._get_elsewhere(self._get_guarded(rule))
        return self._hold_those(
            lambda line: line.res_id not in matching and (rule.keep_matching or line.res_id in elsewhere),
            Stop(states.STOP_UNMATCHED),
        )

    def _guard_wanted(self, rule, step):
        """The step's own condition does not hold."""
        wanted = step._search_wanted(self._get_guarded(rule))
        return self._hold_those(lambda line: line.res_id not in wanted, Skip(states.SKIP_CONDITION))

    def _guard_test(self, rule, step):
        """The rule is in test mode: what it tries out is only noted, what it had planned before waits."""
        if rule.state != states.TEST:
            return {}
        later = Later(fields.Datetime.now() + TRIAL_REST)
        return {line: Skip(states.SKIP_TEST) if line.run_id.trial else later for line in self}
