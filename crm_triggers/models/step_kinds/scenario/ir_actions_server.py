from odoo import fields, models
from odoo.tools import SQL

from ....engine import states


class IrActionsServer(models.Model):
    """Puts records into a scenario, takes them out, and moves them from one to another."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[
            ("crm_trigger_enroll", "Add to Scenario"),
            ("crm_trigger_leave", "Take out of Scenario"),
            ("crm_trigger_switch", "Move between Scenarios"),
        ],
        ondelete={"crm_trigger_enroll": "cascade", "crm_trigger_leave": "cascade", "crm_trigger_switch": "cascade"},
    )
    scenario_id = fields.Many2one(
        "crm.trigger.rule",
        ondelete="restrict",
        domain=[("trigger", "=", "manual")],
        help="The records, or their contacts if the scenario applies to contacts, are added to it.",
    )
    left_scenario_id = fields.Many2one(
        "crm.trigger.rule",
        "Scenario to leave",
        ondelete="restrict",
        domain=[("trigger", "=", "manual")],
        help="What it still plans is cancelled, for the record or, if it is made for contacts, for its contact.",
    )

    def _get_warning_messages(self):
        """Not in ``_warning_depends``: Odoo would drop the warning of scheduled actions when the scenario's field
        is uninstalled.
        """
        warnings = super()._get_warning_messages()
        if misfit := self._crm_trigger_get_scenario_misfit():
            warnings.append(misfit)
        if self.state not in ("crm_trigger_leave", "crm_trigger_switch"):
            return warnings
        if not self.left_scenario_id or (self.state == "crm_trigger_switch" and not self.scenario_id):
            warnings.append(self.env._("Choose the scenario."))
        elif self.state == "crm_trigger_switch" and self.scenario_id == self.left_scenario_id:
            warnings.append(self.env._("Choose two scenarios: the one to leave and another one to enter."))
        return warnings

    def _crm_trigger_get_scenario_misfit(self):
        """Return why a chosen scenario does not fit records of the model, as text, or None."""
        for scenario in self._crm_trigger_get_scenarios():
            if self._crm_trigger_get_scenario_path(scenario) is None:
                return self.env._("The scenario “%(scenario)s” is for another type of record.", scenario=scenario.name)
        return None

    def _crm_trigger_get_scenarios(self):
        """Return the scenarios that this action uses."""
        entering = self.state in ("crm_trigger_enroll", "crm_trigger_switch")
        leaving = self.state in ("crm_trigger_leave", "crm_trigger_switch")
        none = self.env["crm.trigger.rule"]
        return (self.left_scenario_id if leaving else none) | (self.scenario_id if entering else none)

    def _run_action_crm_trigger_leave_multi(self, eval_context=None):
        self._crm_trigger_leave(
            self._crm_trigger_get_members(self._crm_trigger_get_active_records(), self.left_scenario_id)
        )
        return False

    def _run_action_crm_trigger_switch_multi(self, eval_context=None):
        self._crm_trigger_switch(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_get_members(self, records, scenario):
        """Return the records that go through a scenario: the given ones, or their contacts."""
        path = self._crm_trigger_get_scenario_path(scenario)
        return records.mapped(path) if path else records

    def _crm_trigger_leave(self, members):
        """Take records out of the scenario to leave.

        :param members: of the model of the scenario
        :return: their stopped runs
        :raises SerializationFailure: a worker changed one of them since our snapshot
        """
        members.check_access("write")
        runs_sudo = self.env["crm.trigger.run"].sudo()  # only the system writes the log
        runs_sudo = runs_sudo.search(
            [
                ("rule_id", "=", self.left_scenario_id.id),
                ("res_model", "=", members._name),
                ("res_id", "in", members.ids),
                ("state", "=", states.RUNNING),
            ]
        )
        if runs_sudo:  # waits for the lock, whereas a stop by a record change skips locked runs
            query = SQL("SELECT FROM crm_trigger_run WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", runs_sudo._ids)
            self.env.cr.execute(query, log_exceptions=False)
            runs_sudo._stop(states.STOP_LEFT)
        return runs_sudo

    def _crm_trigger_switch(self, records):
        """Move records from one scenario to the other; records that the other one does not accept stay.

        :return: ``(started runs, stopped runs, ids of the records in the other scenario now)``
        """
        entering = self._crm_trigger_get_members(records, self.scenario_id)
        began = self.scenario_id.enroll(entering)
        scenario_sudo = self.scenario_id.sudo()
        inside = scenario_sudo._search_running(entering.ids)
        moved = records.filtered(lambda record: self._crm_trigger_get_members(record, self.scenario_id).id in inside)
        stopped = self._crm_trigger_leave(self._crm_trigger_get_members(moved, self.left_scenario_id))
        return began.filtered(lambda run: run.state == states.RUNNING), stopped, inside

    def _crm_trigger_get_scenario_path(self, scenario):
        """Return the field that leads from a record to the model of a scenario: "" for the record itself, None if
        there is none.
        """
        if scenario.model_name == self.model_name:
            return ""
        path = self.env["crm.trigger.run"]._get_partner_field(self.model_name)
        return path if scenario.model_name == "res.partner" else None

    def _run_action_crm_trigger_enroll_multi(self, eval_context=None):
        self.scenario_id.enroll(self._crm_trigger_get_members(self._crm_trigger_get_active_records(), self.scenario_id))
        return False
