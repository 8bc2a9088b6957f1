from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Command


class IrActionsServer(models.Model):
    """Hands over to the delivery team: a task in a project, or a new project from a template."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_task", "Create Task"), ("crm_project", "Create Project from Template")],
        ondelete={"crm_task": "cascade", "crm_project": "cascade"},
    )
    task_project_id = fields.Many2one(
        "project.project",
        "Project",
        ondelete="restrict",
        domain=[("is_template", "=", False)],
        help="The project in which the task is created.",
    )
    task_title = fields.Char(
        "Task", help="The title of the task, for example “Prepare the delivery”; the name of the record is added to it."
    )
    task_days = fields.Integer("Due in days", help="Days until the deadline; 0 for the same day.")
    project_template_id = fields.Many2one(
        "project.project",
        "Project template",
        ondelete="restrict",
        domain=[("is_template", "=", True)],
        help="The template of the project, with its tasks and stages. The project is named after the record.",
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_task":
            if not self.task_project_id:
                warnings.append(self.env._("Choose the project of the task."))
            elif self.task_project_id.is_template:
                warnings.append(self.env._("“%s” is a template: choose a project.", self.task_project_id.name))
            warnings += self._crm_trigger_get_archived_warnings(self.task_project_id)
        if self.state == "crm_project":
            if not self.project_template_id:
                warnings.append(self.env._("Choose the template of the project."))
            elif not self.project_template_id.is_template:
                warnings.append(
                    self.env._(
                        "“%s” is not a template: choose one, or convert it to a template.",
                        self.project_template_id.name,
                    )
                )
            warnings += self._crm_trigger_get_archived_warnings(self.project_template_id)
        return warnings

    def _crm_trigger_get_archived_warnings(self, project):
        if project and not project.active:
            return [self.env._("The project “%s” is archived: unarchive it or choose another one.", project.name)]
        return []

    def _get_value_problem(self):
        if self.state == "crm_task" and not 0 <= self.task_days <= 3_653:
            return self.env._("a task is due in 0 days to ten years.")
        return super()._get_value_problem()

    def _run_action_crm_task_multi(self, eval_context=None):
        day = fields.Date.context_today(self) + timedelta(days=self.task_days)
        records = self._crm_trigger_get_active_records()
        self._crm_trigger_create_tasks(records, {}, {record: fields.Datetime.to_datetime(day) for record in records})
        return False

    def _run_action_crm_project_multi(self, eval_context=None):
        self._crm_trigger_create_projects(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_create_tasks(self, records, users, deadlines):
        """Create one task for each record, linked both ways.

        :param dict users: assignees by record; a task without one is left to the whole project
        :param dict deadlines: naive UTC, by record
        :return: ``project.task``, in the order of the records
        """
        get_partner = self.env["crm.trigger.run"]._get_partner
        tasks = (
            self.env["project.task"]
            .with_context(mail_auto_subscribe_no_notify=True)  # shown in Odoo, not mailed
            .create(
                [
                    {
                        "name": self._crm_trigger_get_task_name(record),
                        "project_id": self.task_project_id.id,
                        "partner_id": get_partner(record).id,
                        "user_ids": [Command.set(users[record].ids if record in users else [])],
                        "date_deadline": deadlines[record],
                        "description": self._crm_trigger_get_link(record),
                    }
                    for record in records
                ]
            )
        )
        self._crm_trigger_link_from_chatter(records, tasks)
        return tasks

    def _crm_trigger_get_task_name(self, record):
        return f"{self.task_title}: {record.display_name}" if self.task_title else record.display_name

    def _crm_trigger_get_link(self, record):
        """Return a link that also works outside of a chatter; users without access get an error."""
        url = f"/mail/view?model={record._name}&res_id={record.id}"
        return Markup('<p><a href="%s">%s</a></p>') % (url, record.display_name)

    def _crm_trigger_create_projects(self, records):
        """Create a project from the template for each of the records without one, one by one as Odoo does.

        Other workers on the same records wait, and restart.

        :return: ``{record: project.project}`` of the created ones
        :raises SerializationFailure: another worker created one meanwhile
        """
        self._lock_documents(records)
        projects, template = self.env["project.project"], self.project_template_id
        records -= projects._search_crm_trigger_made(template, records)
        for record in records:
            project = template.action_create_from_template(self._crm_trigger_prepare_project(record))
            self._crm_trigger_leave_to_who_is_there(project)
            projects |= project
        self._crm_trigger_link_from_chatter(projects, records)
        self._crm_trigger_link_from_chatter(records, projects)
        return dict(zip(records, projects, strict=True))

    def _crm_trigger_prepare_project(self, record):
        """Return the values of a record's project that differ from the template."""
        template, partner = self.project_template_id, self.env["crm.trigger.run"]._get_partner(record)
        company = template.company_id or ("company_id" in record and record.company_id) or self.env["res.company"]
        return {
            "name": f"{record.display_name}: {partner.name}" if partner else record.display_name,
            "partner_id": partner.id,
            "company_id": company.id,
            "user_id": template.user_id._crm_trigger_there(company).id,
            "crm_trigger_key": template._get_crm_trigger_key(template, record),
        }

    def _crm_trigger_leave_to_who_is_there(self, project):
        """Unassign the tasks of a new project from users who may not work in its company; Odoo does so for archived
        users.
        """
        for task in project.with_context(active_test=False).task_ids:
            gone = task.user_ids - task.user_ids._crm_trigger_there(project.company_id)
            if gone:
                task.user_ids -= gone

    def _crm_trigger_link_from_chatter(self, records, others):
        """Post a link to the other record in the chatter of each."""
        if records and isinstance(records, self.pool["mail.thread"]):
            pairs = zip(records, others, strict=True)
            records._message_log_batch({record.id: other._get_html_link() for record, other in pairs})
