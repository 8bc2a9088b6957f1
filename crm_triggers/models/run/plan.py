from collections import defaultdict
from datetime import date, datetime

from odoo import fields, models

from ...engine import plan, states
from ...engine.schedule import step_due_at
from ...engine.working_time import NoWorkingTimeError
from ..isolation import describe


class CrmTriggerRun(models.Model):
    """Planning the next step of runs: which one, and when."""

    _inherit = "crm.trigger.run"

    def _plan(self, rule, after=None):
        """Plan the step that follows ``after`` (the first without it); end runs that have none.

        :param rule: the rule of all these runs
        :param after: ``crm.trigger.step`` that just ended, or None
        """
        if not self:
            return
        step = rule._get_next_step(after)
        if not step:
            self._mark({"state": states.DONE})
            return
        now = fields.Datetime.now()
        due, without_time = self._get_due_times(step, now)
        for error, runs in without_time.items():
            runs._stop_without_time(step, error)
        planned = self.env["crm.trigger.execution"]._insert_new(
            [
                {
                    "run_id": run.id,
                    "step_id": step.id,
                    "rule_id": rule.id,
                    "res_model": run.res_model,
                    "res_id": run.res_id,
                    "partner_id": run.partner_id.id or None,
                    "company_id": run.company_id.id or None,
                    "state": states.SCHEDULED,
                    "scheduled_at": max(now, due_at),
                    "attempts": 0,
                    "result_id": None,
                }
                for run, due_at in due.items()
            ],
            "run_id",
        )
        self._know_planned(planned)
        # The others did this step before somebody moved it behind.
        met_before = self.browse(run.id for run in due) - planned.run_id
        met_before._plan(rule, after=step)

    def _know_planned(self, planned):
        """Add what was inserted to what the cache knows of the steps of these runs."""
        field = self._fields["execution_ids"]
        known = field._get_cache(self.env)
        for line in planned:
            if line.run_id.id in known:
                field._update_cache(line.run_id, known[line.run_id.id] + line._ids)

    def _get_due_times(self, step, now):
        """Return ``{run: when the step falls due}``, and ``{error: runs}`` of those that never can:
        nobody works in their company, or the calendar ends.

        What thousands of runs have in common is counted once.
        """
        known, due, without_time = {}, {}, defaultdict(list)
        for run in self:
            zone = run.partner_id.tz if run.rule_id.tz_from == "contact" else None
            key = zone, run.company_id, run.started_at, run.date_value
            if key not in known:
                try:
                    known[key] = run._get_due_at(step, now)
                except (OverflowError, NoWorkingTimeError) as error:
                    known[key] = error
            if isinstance(known[key], Exception):
                without_time[known[key]].append(run.id)
            else:
                due[run] = known[key]
        return due, {error: self.browse(run_ids) for error, run_ids in without_time.items()}

    def _stop_without_time(self, step, error):
        """Stop these runs, and tell the owner of their rule after the commit; what was done stays done."""
        told = step.with_context(lang=self.rule_id._get_alerted().lang)
        text = told._name_problem(
            told.env._(
                "it cannot be planned here: change its delay, or the working hours of the company. (%s)",
                describe(error),
            )
        )
        self._mark({"error": text})
        self._stop(states.STOP_ERROR)
        self.rule_id._see_to_after_commit(text)

    def _get_due_at(self, step, now):
        """Return when a step of this run falls due, naive UTC."""
        rule = self.rule_id
        tz = rule._get_tz(self.partner_id, self.company_id)
        return step_due_at(
            started_at=self.started_at,
            previous_at=now,
            date_at=rule._get_date_rule(tz).instant(self._get_date()) if self.date_value else None,
            origin=step.delay_from,
            count=step.delay_count,
            unit=step.delay_unit,
            tz=tz,
            working=step._get_working_time(self.company_id),
        ).replace(microsecond=0)

    def _get_date(self):
        """Return the date value that started the run, as date or naive UTC datetime."""
        kind = datetime if " " in self.date_value else date
        return kind.fromisoformat(self.date_value)


class CrmTriggerRule(models.Model):
    """The order of the steps."""

    _inherit = "crm.trigger.rule"

    def _get_next_step(self, step=None):
        """Return the step after the given one, the first without one; empty at the end."""
        return self.step_ids._get_next(step)


class CrmTriggerStep(models.Model):
    """The order of the steps, as :mod:`engine.plan` knows it."""

    _inherit = "crm.trigger.step"

    def _get_keys(self):
        """Return ``{key: step}`` of these steps; one that is still being written goes by its place."""
        return {(step.sequence, step.id or place): step for place, step in enumerate(self)}

    def _get_key(self):
        """Return the key of this step, None for an empty one."""
        return next(iter(self._get_keys()), None)

    def _in_order(self):
        """Return these steps in the order in which a run goes through them."""
        steps = self._get_keys()
        return self.browse().concat(*map(steps.get, plan.in_order(steps))).with_prefetch(self._prefetch_ids)

    def _get_next(self, step=None):
        """Return which of these steps comes after a step of the same rule, the first without one."""
        steps = self._get_keys()
        return steps.get(plan.next_step(steps, step._get_key() if step else None), self.browse())

    def _get_ahead(self, planned):
        """Return which of these steps come after all the planned ones, in order."""
        steps = self._get_keys()
        return self.browse().concat(*map(steps.get, plan.ahead(steps, planned._get_keys())))
