from odoo import api, fields, models

from ....engine import states
from ...step.kinds import StepKind, declare, made, skipped

declare(
    "enroll",
    StepKind(
        action={"state": "crm_trigger_enroll"},
        icon="fa-road",
        heading="scenario",
        manager_fields=("scenario_id",),
        batch="light",
    ),
)
declare(
    "leave",
    StepKind(
        action={"state": "crm_trigger_leave"},
        icon="fa-sign-out",
        heading="scenario",
        manager_fields=("left_scenario_id",),
        batch="light",
    ),
)
declare(
    "switch",
    StepKind(
        action={"state": "crm_trigger_switch"},
        icon="fa-random",
        heading="scenario",
        manager_fields=("scenario_id", "left_scenario_id"),
        batch="light",
    ),
)


class CrmTriggerStep(models.Model):
    """The steps that put records into a scenario, take them out, or move them to another one."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("leave", "Take out of a scenario"), ("switch", "Move to another scenario"), ("other",)],
        ondelete={"leave": "cascade", "switch": "cascade"},
    )
    left_scenario_id = fields.Many2one(related="action_id.left_scenario_id", readonly=False)

    def _get_leave_phrase(self):
        if not self.left_scenario_id:
            return self.env._("take out of a scenario")
        return self.env._("take out of the scenario “%s”", self.left_scenario_id.name)

    def _get_switch_phrase(self):
        if not (self.left_scenario_id and self.scenario_id):
            return self.env._("move to another scenario")
        return self.env._(
            "move from the scenario “%(left)s” to “%(entered)s”",
            left=self.left_scenario_id.name,
            entered=self.scenario_id.name,
        )

    @api.model
    def _check_manager_may(self, model_name, kind, action_vals):
        result = super()._check_manager_may(model_name, kind, action_vals)
        self.env["crm.trigger.rule"].browse(action_vals.get("left_scenario_id") or []).check_access("read")
        return result

    def _get_refusal(self):
        company = self.rule_id.company_id
        for scenario in self.action_id._crm_trigger_get_scenarios() if company else ():
            if scenario.company_id - company:
                return self.env._(
                    "the scenario “%(scenario)s” is for another company (%(company)s): choose one for %(own)s or for "
                    "all companies.",
                    scenario=scenario.name,
                    company=scenario.company_id.name,
                    own=company.name,
                )
        return super()._get_refusal()

    def _get_enroll_misfit(self):
        return self.action_id._crm_trigger_get_scenario_misfit()

    def _get_leave_misfit(self):
        return self.action_id._crm_trigger_get_scenario_misfit()

    def _get_switch_misfit(self):
        return self.action_id._crm_trigger_get_scenario_misfit()

    def _act_enroll(self, executions):
        """Put all records in, in one batch; those in progress or not accepted are skipped."""
        members = self._get_members(executions, self.scenario_id)
        entering = next(iter(members.values())).union(*members.values())
        began = self.scenario_id.enroll(entering).filtered(lambda run: run.state == states.RUNNING)
        inside = self.scenario_id.sudo()._search_running(entering.ids)
        runs = {run.res_id: run for run in began}
        return {line: self._get_outcome(member, runs.get(member.id), inside) for line, member in members.items()}

    def _act_leave(self, executions):
        """Take all records out, in one batch; those not in the scenario are skipped."""
        members = self._get_members(executions, self.left_scenario_id)
        stopped = self.action_id._crm_trigger_leave(next(iter(members.values())).union(*members.values()))
        runs = {run.res_id: run for run in stopped}
        return {line: self._get_outcome(member, runs.get(member.id)) for line, member in members.items()}

    def _act_switch(self, executions):
        """Move all records in one batch: out of one scenario and into the other, or neither."""
        entering = self._get_members(executions, self.scenario_id)
        leaving = self._get_members(executions, self.left_scenario_id)
        began, stopped, inside = self.action_id._crm_trigger_switch(self._get_records(executions))
        entered = {run.res_id: run for run in began}
        left = {run.res_id: run for run in stopped}
        return {
            line: self._get_outcome(member, entered.get(member.id) or left.get(leaving[line].id), inside)
            for line, member in entering.items()
        }

    def _get_members(self, executions, scenario):
        """Return ``{execution: record that goes through a scenario for it}``, the record or its contact."""
        records = self._get_records(executions)
        get_members = self.action_id._crm_trigger_get_members
        return {line: get_members(record, scenario) for line, record in zip(executions, records, strict=True)}

    def _get_outcome(self, member, run, inside=None):
        """Return the outcome for a record that began or ended a run, or did neither.

        :param set inside: ids of the records in the scenario to enter, if there is one
        """
        if run:
            return made(run)
        if not member:
            reason = states.SKIP_NO_CONTACT
        elif inside is not None and member.id not in inside:
            reason = states.SKIP_NOT_TAKEN
        else:
            reason = states.SKIP_ALREADY
        return skipped(reason)

    def _get_enroll_problem(self):
        return None if self.scenario_id else self.env._("choose the scenario.")

    def _get_enroll_phrase(self):
        if not self.scenario_id:
            return self.env._("add to a scenario")
        return self.env._("add to the scenario “%s”", self.scenario_id.name)
