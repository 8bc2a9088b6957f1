from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...step.kinds import StepKind, declare, made, skipped

declare(
    "assign",
    StepKind(
        action={"state": "crm_trigger_assign"},
        icon="fa-user-plus",
        heading="process",
        needs="owner",
        manager_fields=("assign_method", "assign_user_id", "assign_user_ids", "assign_team_id", "assign_keep"),
        defaults={"assign_method": None, "assign_keep": None},
        minutes=3,
    ),
)


class CrmTriggerStep(models.Model):
    """Steps that assign records to salespeople."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("update",), ("assign", "Assign a salesperson"), ("opportunity",)],
        ondelete={"assign": "cascade"},
    )
    assign_method = fields.Selection(related="action_id.assign_method", readonly=False)
    assign_user_id = fields.Many2one(related="action_id.assign_user_id", readonly=False)
    assign_user_ids = fields.Many2many(related="action_id.assign_user_ids", readonly=False)
    assign_team_id = fields.Many2one(related="action_id.assign_team_id", readonly=False)
    assign_keep = fields.Boolean(related="action_id.assign_keep", readonly=False)

    @api.model
    def _may_make_assign(self, model_name, action_vals):
        """A manager may assign those records whose salesperson their steps may change."""
        document_model = self._get_document_model_name(model_name)
        if self._get_update_paths(document_model).isdisjoint({"user_id", "invoice_user_id"}):
            raise AccessError(self._get_update_refusal(document_model, "user_id"))

    def _get_refusal(self):
        return (self._get_assign_refusal() if self.kind == "assign" else None) or super()._get_refusal()

    def _get_assign_misfit(self):
        return self.action_id._get_crm_trigger_assign_misfit()

    def _get_assign_refusal(self):
        """A user who leaves later is skipped, as long as there are others."""
        step = self.with_context(active_test=False)
        company, team = step.rule_id.company_id, step.assign_team_id
        users = step.assign_user_id if step.assign_method == "user" else step.assign_user_ids
        if users and not any(users.mapped("active")):
            return self.env._("%s is archived: choose someone else.", self._name_some(users))
        if team and not team.active:
            return self.env._("the team “%s” is archived: choose another one.", team.name)
        if strangers := users.filtered(lambda user: company and company not in user.company_ids):
            return self.env._(
                "%(who)s: no access to the company of the rule (%(company)s). Choose someone who works there.",
                who=self._name_some(strangers),
                company=company.name,
            )
        if company and team.company_id and team.company_id != company:
            return self.env._(
                "the team “%(team)s” does not belong to the company of the rule (%(company)s): choose another one.",
                team=team.name,
                company=company.name,
            )
        return None

    def _get_assign_phrase(self):
        if self.assign_method == "user":
            return self.env._("assign to %s", self.assign_user_id.name or self.env._("someone"))
        people = self._get_assign_people()
        return {
            "leads": self.env._("assign to the user with the fewest open leads: %s", people),
            "activities": self.env._("assign to the user with the fewest open activities: %s", people),
            "capacity": self.env._("assign by capacity: %s", people),
        }.get(self.assign_method) or self.env._("assign in turn: %s", people)

    def _get_assign_people(self):
        if self.assign_user_ids and self.assign_method != "capacity":
            return self._name_some(self.assign_user_ids)
        return self.assign_team_id.name or self.env._("the team of the record")

    def _act_assign(self, executions):
        """Assign the records; for lines, their document is assigned, once."""
        records = self._get_records(executions)
        users, reasons = self.action_id._crm_trigger_assign(records, skip_absent=self.pass_over_absent)
        documents, outcomes = self._get_documents(records), {}
        for line in executions:
            document = documents[line.res_id]
            outcomes[line] = made(document)
            if document not in users:
                outcomes[line] = skipped(reasons[document])
        return outcomes
