from odoo import api, fields, models

from ..engine import states


class CrmTriggerEnroll(models.TransientModel):
    """Puts the records selected on screen into a scenario."""

    _name = "crm.trigger.enroll"
    _description = "Add to a Scenario"

    model_name = fields.Char(required=True, readonly=True)
    scenario_id = fields.Many2one(
        "crm.trigger.rule",
        required=True,
        domain="[('model_name', '=', model_name), ('trigger', '=', 'manual'), ('state', 'in', ('live', 'test'))]",
        help="The scenario that the records enter: an active one for this type of record.",
    )
    sentence = fields.Char(compute="_compute_sentence", help="What the scenario does.")
    record_count = fields.Integer(compute="_compute_record_count", help="How many you selected in the list.")

    @api.model
    def default_get(self, fields):
        """A single scenario is preselected."""
        values = {**super().default_get(fields), "model_name": self.env.context.get("active_model")}
        scenarios = self.env["crm.trigger.rule"].search(self._get_scenario_domain(values["model_name"]), limit=2)
        if len(scenarios) == 1:
            values.setdefault("scenario_id", scenarios.id)
        return values

    @api.model
    def _get_scenario_domain(self, model_name):
        return [("model_name", "=", model_name), ("trigger", "=", "manual"), ("state", "in", states.ACTIVE)]

    @api.depends("scenario_id")
    def _compute_sentence(self):
        """The sentence is computed as superuser: only for users who can read the scenario."""
        self.scenario_id.check_access("read")
        for dialog in self:
            dialog.sentence = dialog.scenario_id.sentence

    def _compute_record_count(self):
        self.record_count = len(self._get_records())

    def _get_records(self):
        return self.env[self.model_name].browse(self.env.context.get("active_ids", []))

    def action_enroll(self):
        """Put the selected records in, and show how many entered."""
        runs = self.scenario_id.enroll(self._get_records())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s of %(selected)s selected records entered “%(scenario)s”.",
                    count=len(runs),
                    selected=self.record_count,
                    scenario=self.scenario_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
