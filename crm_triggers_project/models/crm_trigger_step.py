from datetime import datetime, time

from odoo import api, fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.addons.crm_triggers.engine.schedule import shift_day, to_local, to_utc
from odoo.addons.crm_triggers.models.step.kinds import StepKind, declare, made, skipped
from odoo.exceptions import AccessError

from .crm_trigger_execution import SKIP_OTHER_COMPANY

declare(
    "task",
    StepKind(
        action={"state": "crm_task"},
        icon="fa-check-square-o",
        heading="todo",
        manager_fields=("task_project_id", "task_title", "task_days"),
    ),
)
declare(
    "project",
    StepKind(
        action={"state": "crm_project"},
        icon="fa-puzzle-piece",
        heading="todo",
        manager_fields=("project_template_id",),
    ),
)
CLOSE_OF_DAY = time(18)


class CrmTriggerStep(models.Model):
    """The steps that create tasks and projects."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("task", "Create a task"), ("project", "Create a project from a template"), ("other",)],
        ondelete={"task": "cascade", "project": "cascade"},
    )
    task_project_id = fields.Many2one(related="action_id.task_project_id", readonly=False)
    task_title = fields.Char(related="action_id.task_title", readonly=False)
    task_days = fields.Integer(related="action_id.task_days", readonly=False)
    project_template_id = fields.Many2one(related="action_id.project_template_id", readonly=False)

    def _get_task_phrase(self):
        what, project = self.task_title or self.env._("to do"), self._get_name(self.task_project_id)
        if not project:
            return self.env._("create the task “%s”", what)
        return self.env._("create the task “%(what)s” in the project “%(project)s”", what=what, project=project)

    def _get_project_phrase(self):
        if not self.project_template_id:
            return self.env._("create a project from a template")
        return self.env._("create a project from “%s”", self._get_name(self.project_template_id))

    @api.model
    def _may_make_task(self, model_name, action_vals):
        """To-dos let all users create tasks without a project, so access rights alone are not sufficient."""
        self._check_may_make_of(action_vals, "project.group_project_user")

    @api.model
    def _may_make_project(self, model_name, action_vals):
        self._check_may_make_of(action_vals, "project.group_project_manager")

    def _check_may_make_of(self, action_vals, xmlid):
        """Users who may not create one manually cannot create a rule that does.

        :raises AccessError: the manager may not create tasks or projects, or not see this one
        """
        group_sudo = self.env.ref(xmlid).sudo()  # only its name is used
        if group_sudo not in self.env.user.all_group_ids:
            raise AccessError(self.env._("Steps of this kind need the right “%s”.", group_sudo.full_name))
        for fname in ("task_project_id", "project_template_id"):
            self.env["project.project"].browse(action_vals.get(fname) or []).check_access("read")

    def _get_refusal(self):
        company = self.rule_id.company_id
        project = self._get_made_of()
        if company and project.company_id - company:
            return self.env._(
                "“%(project)s” belongs to another company (%(company)s): choose a project of %(own)s or of all "
                "companies.",
                project=project.name,
                company=project.company_id.name,
                own=company.name,
            )
        return super()._get_refusal()

    def _get_made_of(self):
        """Return the project of the task, or the template of the project."""
        return {"task": self.task_project_id, "project": self.project_template_id}.get(
            self.kind, self.env["project.project"]
        )

    def _get_targets(self, records):
        """The assignee of a task needs access to its project, not to the record."""
        if self.kind == "task":
            return dict.fromkeys(records.ids, self.task_project_id)
        return super()._get_targets(records)

    def _get_reached(self, record):
        """A project of another company has a skip reason of its own."""
        return iter(()) if self.kind in ("task", "project") else super()._get_reached(record)

    def _get_deadline(self, execution, user):
        if self.kind != "task":
            return super()._get_deadline(execution, user)
        today = to_local(fields.Datetime.now(), user.tz or self.rule_id._get_tz(company=execution.company_id)).date()
        return shift_day(today, self.task_days, "days", self._get_working_time(execution.company_id))

    def _act_task(self, executions):
        """Create one task per run, in one batch; if no candidate may open the project, it stays unassigned."""
        if self._is_of_other_company():
            return self._get_elsewhere(executions)
        users, _reasons = self._assign(executions)
        documents = self._get_documents(self._get_records(executions))
        outcomes = {}
        for turn in self._take_turns(executions, documents):
            records = next(iter(documents.values())).browse(documents[line.res_id].id for line in turn)
            pairs = list(zip(turn, records, strict=True))
            tasks = self.action_id._crm_trigger_create_tasks(
                records,
                {record: users[line] for line, record in pairs if line in users},
                {record: self._get_closing(line, users.get(line, self.env["res.users"])) for line, record in pairs},
            )
            outcomes |= self._get_results(turn, tasks)
        return outcomes

    def _get_closing(self, execution, user):
        """Return the end of the last day, in UTC, in the assignee's time zone."""
        tz = user.tz or self.rule_id._get_tz(company=execution.company_id)
        return to_utc(datetime.combine(self._get_deadline(execution, user), CLOSE_OF_DAY), tz)

    def _act_project(self, executions):
        """Create one project of the template per document, whichever rule requests it."""
        if self._is_of_other_company():
            return self._get_elsewhere(executions)
        documents = self._get_documents(self._get_records(executions))
        first = executions.grouped(lambda line: documents[line.res_id])
        projects = self.action_id._crm_trigger_create_projects(next(iter(first)).union(*first))
        already = skipped(states.SKIP_ALREADY)
        outcomes = dict.fromkeys(executions, already)
        return outcomes | {first[document][:1]: made(project) for document, project in projects.items()}

    def _is_of_other_company(self):
        """Return whether the records, all of one company, belong to another company than the project."""
        return bool(self._get_made_of().company_id - self.env.company)

    def _get_elsewhere(self, executions):
        elsewhere = skipped(SKIP_OTHER_COMPANY)
        return dict.fromkeys(executions, elsewhere)
