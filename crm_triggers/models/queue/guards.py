from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import fields, models

from ...engine import states

OWN_KEYS = ("run", "record", "stop_when", "date", "conditions", "wanted")  # guards of the core
TRIAL_REST = timedelta(hours=1)  # interval of checking again, in test, what the rule planned while live
SOONEST = timedelta(minutes=1)  # delay before an execution postponed to a past time is claimed again


@dataclass(frozen=True)
class Skip:
    """The step is skipped, and the run continues.

    ``reason``: a value of ``skip_reason`` of ``crm.trigger.execution``, which add-ons extend.
    """

    reason: str


@dataclass(frozen=True)
class Later:
    """The step waits until then (naive UTC), and is checked again."""

    at: datetime


@dataclass(frozen=True)
class Stop:
    """The run ends here.

    ``reason``: a value of ``stop_reason`` of ``crm.trigger.run``; None if the run has already ended.
    """

    reason: str | None


@dataclass(frozen=True)
class Guard:
    """A check that may hold planned steps back; ``_guard_<key>`` of ``crm.trigger.execution`` evaluates it.

    ``label`` names the expected state and ``obstacle`` what prevents it, both translated, for ``explain()``; the
    core's guards have neither: it explains them in more detail.
    """

    key: str
    label: str = ""
    obstacle: str = ""


class CrmTriggerExecution(models.Model):
    """Checks whether due executions still make sense: guard by guard, on a whole batch."""

    _inherit = "crm.trigger.execution"

    def _get_guards(self):
        """Return the guards to evaluate before acting, in order.

        Override to extend the list of super. Test mode is checked after all of them. The method of each guard,
        ``_guard_<key>(rule, step)``, gets executions of one step and returns ``{execution: Skip(reason) | Later(at)
        | Stop(reason)}``; executions left out continue.
        """
        return [Guard(key) for key in OWN_KEYS]

    def _look_again(self, rule, step):
        """Skip, postpone or stop executions that no longer make sense; return the rest.

        Everything checked here may have changed since the step was planned.
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
        """Return those whose rule or record was paused since the claim. They stay planned, and are not claimed
        again until it is resumed.
        """
        going_on = self.filtered(lambda line: line.run_id.state == states.RUNNING)  # stopped executions end
        if not (rule.active and rule.state in states.ACTIVE):
            return going_on
        paused = self.env["crm.trigger.pause"]._search_paused(rule.model_name, going_on.mapped("res_id"))
        return going_on.filtered(lambda line: line.res_id in paused)

    def _ask(self, guard, rule, step):
        return getattr(self, f"_guard_{guard.key}")(rule, step)

    def _hold(self, verdict):
        """Apply a guard's verdict to these executions."""
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
        """Update executions whose runs a merge moved while a worker had them locked."""
        for execution in self.filtered(lambda line: line.res_id != line.run_id.res_id):
            run = execution.run_id
            execution.write({"res_id": run.res_id, "partner_id": run.partner_id.id})

    def _follow_contacts(self, rule):
        """Update executions whose record has another customer by now: the step is done for the new one."""
        get_partner = self.env["crm.trigger.run"]._get_partner
        partners = {record.id: get_partner(record) for record in self._get_guarded(rule)} if self else {}
        moved = self.filtered(lambda line: partners[line.res_id] and partners[line.res_id] != line.partner_id)
        for partner, lines in moved.grouped(lambda line: partners[line.res_id]).items():
            lines.write({"partner_id": partner.id})

    def _pass_contacts_on(self):
        """Write the current contacts to the runs of these executions; at the end of the batch, because a stop skips
        runs that are locked.
        """
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
        """The run was stopped."""
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
        """The step's own condition is not met."""
        wanted = step._search_wanted(self._get_guarded(rule))
        return self._hold_those(lambda line: line.res_id not in wanted, Skip(states.SKIP_CONDITION))

    def _guard_test(self, rule, step):
        """The rule is in test mode: its own executions are only logged, those planned while it was live wait."""
        if rule.state != states.TEST:
            return {}
        later = Later(fields.Datetime.now() + TRIAL_REST)
        return {line: Skip(states.SKIP_TEST) if line.run_id.trial else later for line in self}
