from odoo import api, models


class CrmLead(models.Model):
    """The pipeline of the example has only its own stages: two columns "New" would be confusing."""

    _inherit = "crm.lead"

    @api.model
    def _get_example_team(self):
        return self.env.ref("crm_triggers_example.team", raise_if_not_found=False) or self.env["crm.team"]

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        shown = super()._read_group_stage_ids(stages, domain)
        team = self._get_example_team()
        if team and self.env.context.get("default_team_id") == team.id:
            return shown.filtered(lambda stage: stage in stages or team in stage.team_ids)
        return shown

    def _stage_find(self, team_id=False, domain=None, order="sequence, id", limit=1):
        """New leads of the example team start at its first stage, and are won at its last."""
        team = self._get_example_team()
        if team and {team_id, *self.team_id.ids} - {False, None} == {team.id}:
            domain = [*(domain or []), ("team_ids", "in", team.ids)]
        return super()._stage_find(team_id=team_id, domain=domain, order=order, limit=limit)
