from odoo import models

from ...explanation.wording import get_duration
from ...step.blank import is_blank
from ...step.kinds import StepKind, declare, skipped

declare(
    "activity",
    StepKind(
        action={"state": "next_activity"},
        icon="fa-clock-o",
        heading="todo",
        needs="activities",
        manager_fields=(
            "activity_type_id",
            "activity_date_deadline_range",
            "activity_date_deadline_range_type",
        ),
        defaults={
            "activity_type_id": lambda env: env.ref("mail.mail_activity_data_todo", raise_if_not_found=False),
            "activity_date_deadline_range_type": "days",
        },
        batch="light",
        placed="target",
        reaches="colleague",
    ),
)


class CrmTriggerStep(models.Model):
    """The step that plans an activity."""

    _inherit = "crm.trigger.step"

    def _act_activity(self, executions):
        """Plan one activity per record, in one batch."""
        users, reasons = self._assign(executions)
        targets = self._get_targets(self._get_records(executions))
        given = executions.filtered(lambda execution: execution in users)
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)  # shown in Odoo, not mailed
            .create([self._prepare_activity_values(line, users[line], targets[line.res_id]) for line in given])
        )
        refused = {line: skipped(reason) for line, reason in reasons.items()}
        return refused | self._get_results(given, activities)

    def _prepare_activity_values(self, execution, user, target):
        step = self.with_context(lang=user.lang)  # in the language of the assignee
        return {
            "res_model_id": self.env["ir.model"]._get_id(target._name),
            "res_id": target.id,
            "activity_type_id": self.activity_type_id.id,
            "summary": not is_blank(step.activity_summary) and step.activity_summary,  # otherwise Odoo shows the type
            "note": step.activity_note,
            "user_id": user.id,
            "date_deadline": self._get_deadline(execution, user),
            "automated": True,
        }

    def _get_activity_subject(self, model_name, vals):
        return vals.get("activity_summary")

    def _get_activity_problem(self):
        return None if self.activity_type_id else self.env._("choose the type of the activity.")

    def _get_activity_phrase(self):
        what = self.activity_summary or self.activity_type_id.name or self.env._("to do")
        due = self._get_due_phrase()
        if self.responsible == "salesperson":
            return self.env._("plan the activity “%(what)s” (%(due)s)", what=what, due=due)
        return self.env._("plan the activity “%(what)s” for %(who)s (%(due)s)", what=what, who=self._get_who(), due=due)

    def _get_due_phrase(self):
        count, unit = self.activity_date_deadline_range, self.activity_date_deadline_range_type or "days"
        duration = get_duration(self.env, count, unit, working=self.working_time)
        if self.deadline_from != "date":
            return self.env._("due in %s", duration) if count else self.env._("due the same day")
        if not count:
            return self.env._("due on the date of the rule")
        if count < 0:
            return self.env._("due %s before the date of the rule", duration)
        return self.env._("due %s after the date of the rule", duration)
