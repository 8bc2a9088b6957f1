from collections import defaultdict
from datetime import date, datetime

from odoo import fields, models

from ...engine import plan, states
from ...engine.schedule import is_late, step_due_at
from ...engine.working_time import NoWorkingTimeError
from ..each_language import in_each_language, name_error, pick


class CrmTriggerRun(models.Model):
    """Plans the next step of runs: which one, and when."""

    _inherit = "crm.trigger.run"

    def _plan(self, rule, after=None, **going_on):
        """Plan the step that follows ``after`` (the first without it); end runs that have none.

        :param rule: the rule of all these runs
        :param after: ``crm.trigger.step`` that ended, or None
        :param going_on: of resumed runs, as of :meth:`_plan_step`
        """
        if self:
            self._plan_step(rule, rule._get_next_step(after), **going_on)

    def _plan_step(self, rule, step, ended=None, in_time=False):
        """Plan a step of these runs, or the next one where it was done before; end runs without one.

        :param dict ended: ``{run: end of the previous step (naive UTC)}``, where it is not now
        :param bool in_time: skip steps whose time is long past, as late
        """
        if not step:
            self._mark({"state": states.DONE})
            return
        now = fields.Datetime.now()
        due, without_time = self._get_due_times(step, now, ended)
        for error, runs in without_time.items():
            runs._stop_without_time(step, error)
        late = {run for run, due_at in due.items() if in_time and run._is_late(due_at, now)}
        times = {run: due_at if run in late else max(now, due_at) for run, due_at in due.items()}
        planned = self._insert_planned(step, times, late, now)
        met_before = self.browse(run.id for run in due) - planned.run_id
        planned |= met_before._plan_cancelled(step, times, late, now)
        # The others did this step before a user moved it down.
        (met_before - planned.run_id)._plan(rule, step, ended=ended, in_time=in_time)
        passed = planned.run_id.filtered(lambda run: run in late)
        passed._plan(rule, step, ended={run: due[run] for run in passed}, in_time=in_time)

    def _insert_planned(self, step, times, late, now):
        """Insert the lines of a planned step, for those of these runs that have none.

        :param dict times: ``{run: due time (naive UTC)}``
        :param set late: the runs for which it is too late: it is only logged
        :return: the new lines
        """
        planned = self.env["crm.trigger.execution"]._insert_new(
            [
                {
                    "run_id": run.id,
                    "step_id": step.id,
                    "rule_id": run.rule_id.id,
                    "res_model": run.res_model,
                    "res_id": run.res_id,
                    "partner_id": run.partner_id.id or None,
                    "company_id": run.company_id.id or None,
                    "state": states.SKIPPED if run in late else states.SCHEDULED,
                    "skip_reason": states.SKIP_LATE if run in late else None,
                    "scheduled_at": at,
                    "done_at": now if run in late else None,
                    "attempts": 0,
                    "result_id": None,
                }
                for run, at in times.items()
            ],
            "run_id",
        )
        self._know_planned(planned)
        return planned

    def _know_planned(self, planned):
        """Add the inserted lines to the cache of these runs."""
        field = self._fields["execution_ids"]
        known = field._get_cache(self.env)
        for line in planned:
            if line.run_id.id in known:
                field._update_cache(line.run_id, known[line.run_id.id] + line._ids)

    def _get_due_times(self, step, now, ended=None):
        """Return ``{run: due time of the step}``, and ``{error: runs}`` of those without one: their company has no
        working hours, or the calendar ends.

        Computed once per distinct set of inputs, not per run.

        :param dict ended: ``{run: end of the previous step}``, where it is not now
        """
        known, due, without_time = {}, {}, defaultdict(list)
        for run in self:
            zone = run.partner_id.tz if run.rule_id.tz_from == "contact" else None
            previous_at = (ended or {}).get(run, now)
            key = zone, run.company_id, run.started_at, run.date_value, previous_at
            if key not in known:
                try:
                    known[key] = run._get_due_at(step, previous_at)
                except (OverflowError, NoWorkingTimeError) as error:
                    known[key] = error
            if isinstance(known[key], Exception):
                without_time[known[key]].append(run.id)
            else:
                due[run] = known[key]
        return due, {error: self.browse(run_ids) for error, run_ids in without_time.items()}

    def _stop_without_time(self, step, error):
        """Stop these runs, and notify the owner of their rule after the commit; what was done remains."""
        errors = name_error(self.env, error)
        texts = in_each_language(
            step,
            lambda told: told._name_problem(
                told.env._(
                    "it cannot be planned here: change its delay, or the working hours of the company. (%s)",
                    pick(errors, told.env.lang),
                )
            ),
        )
        self._mark({"error": texts})
        self._stop(states.STOP_ERROR)
        self.rule_id._see_to_after_commit(texts)

    def _get_due_at(self, step, previous_at):
        """Return when a step of this run is due, naive UTC.

        :param previous_at: end of the previous step, naive UTC
        """
        tz = self.rule_id._get_tz(self.partner_id, self.company_id)
        return step_due_at(
            started_at=self.started_at,
            previous_at=previous_at,
            date_at=self._get_date_at(tz),
            origin=step.delay_from,
            count=step.delay_count,
            unit=step.delay_unit,
            tz=tz,
            working=step._get_working_time(self.company_id),
        ).replace(microsecond=0)

    def _get_date_at(self, tz):
        """Return the datetime of the date that started the run, naive UTC; None without one."""
        return self.rule_id._get_date_rule(tz).instant(self._get_date()) if self.date_value else None

    def _is_late(self, due_at, now):
        """Return whether a step due then, or the date itself if that is later, is past by more than the limit."""
        rule = self.rule_id
        tz = rule._get_tz(self.partner_id, self.company_id)
        latest = max(due_at, self._get_date_at(tz) or due_at)
        return is_late(latest, now=now, late_days=rule.late_days, tz=tz)

    def _get_date(self):
        """Return the date value that started the run, as date or naive UTC datetime."""
        kind = datetime if " " in self.date_value else date
        return kind.fromisoformat(self.date_value)


class CrmTriggerRule(models.Model):
    """The order of the steps."""

    _inherit = "crm.trigger.rule"

    def _get_next_step(self, step=None):
        """Return the step after the given one, the first one for None; empty at the end."""
        return self.step_ids._get_next(step)


class CrmTriggerStep(models.Model):
    """The order of the steps, in terms of :mod:`engine.plan`."""

    _inherit = "crm.trigger.step"

    def _get_keys(self):
        """Return ``{key: step}`` of these steps; the key of an unsaved one is its position."""
        return {(step.sequence, step.id or place): step for place, step in enumerate(self)}

    def _get_key(self):
        """Return the key of this step, None for an empty recordset."""
        return next(iter(self._get_keys()), None)

    def _in_order(self):
        """Return these steps in the order in which a run executes them."""
        steps = self._get_keys()
        return self.browse().concat(*map(steps.get, plan.in_order(steps))).with_prefetch(self._prefetch_ids)

    def _get_next(self, step=None):
        """Return the first of these steps after a step of the same rule, or the first without one."""
        steps = self._get_keys()
        return steps.get(plan.next_step(steps, step._get_key() if step else None), self.browse())

    def _get_ahead(self, planned):
        """Return those of these steps that come after all planned ones, in order."""
        steps = self._get_keys()
        return self.browse().concat(*map(steps.get, plan.ahead(steps, planned._get_keys())))
