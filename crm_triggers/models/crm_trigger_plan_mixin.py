from datetime import date, datetime

from odoo import fields, models

from ..engine import states
from ..engine.schedule import step_due_at


class CrmTriggerPlanMixin(models.AbstractModel):
    """Planning the next step of runs: which one, and when."""

    _name = "crm.trigger.plan.mixin"
    _description = "Plan of Trigger Runs"

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
        executions = self.env["crm.trigger.execution"]
        planned_ids = executions._insert_missing(
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
                    "scheduled_at": max(now, run._get_due_at(step, now)),
                    "attempts": 0,
                }
                for run in self
            ]
        )
        # The others did this step before somebody moved it behind.
        (self - executions.browse(planned_ids).run_id)._plan(rule, after=step)

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
