from contextlib import nullcontext

from odoo import fields, models

from ....engine.domain import pins
from ...isolation import isolated
from ...step.kinds import StepKind, declare, skipped

declare(
    "stage",
    StepKind(
        action={"state": "crm_stage"},
        icon="fa-arrow-right",
        heading="process",
        needs="opportunity",
        manager_fields=("stage_move", "stage_id", "stage_forward_only", "lost_reason_id"),
        # Rules rarely need to move an opportunity backwards.
        defaults={"stage_move": "stage", "stage_forward_only": True},
        batch="light",
        minutes=1,
    ),
)


class CrmTriggerStep(models.Model):
    """The step that moves the opportunity."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("stage", "Move the opportunity"), ("other",)], ondelete={"stage": "cascade"}
    )
    stage_move = fields.Selection(related="action_id.stage_move", readonly=False)
    stage_id = fields.Many2one(related="action_id.stage_id", readonly=False)
    stage_forward_only = fields.Boolean(related="action_id.stage_forward_only", readonly=False)
    lost_reason_id = fields.Many2one(related="action_id.lost_reason_id", readonly=False)

    def _get_stage_phrase(self):
        if self.stage_move == "won":
            return self.env._("mark the opportunity as won")
        if self.stage_move == "lost" and self.lost_reason_id:
            return self.env._("mark the opportunity as lost (%s)", self.lost_reason_id.name)
        if self.stage_move == "lost":
            return self.env._("mark the opportunity as lost")
        if not self.stage_id:
            return self.env._("move the opportunity to a stage")
        if self.stage_forward_only:
            return self.env._("move the opportunity forward to the stage “%s”", self.stage_id.name)
        return self.env._("move the opportunity to the stage “%s”", self.stage_id.name)

    def _get_refusal(self):
        if self.kind == "stage" and self.stage_move not in ("won", "lost") and self._is_stage_elsewhere():
            return self.env._(
                "the stage “%(stage)s” is for other teams than the conditions of the rule ask for (it is for: "
                "%(teams)s). Choose a stage of that team or of all teams.",
                stage=self.stage_id.name,
                teams=", ".join(self.stage_id.team_ids.mapped("name")),
            )
        return super()._get_refusal()

    def _is_stage_elsewhere(self):
        """Return whether the rule requires teams that do not use the stage."""
        pinned, team_ids = set(), self.stage_id.team_ids._ids
        if self.rule_id.model_name == "crm.lead" and team_ids:
            with isolated(nullcontext(), f"{self}: its teams", lambda error: None):
                pinned = pins(self.rule_id._get_domain("filter_domain")).get("team_id", pinned)
        return bool(pinned) and pinned.isdisjoint(team_ids)

    def _act_stage(self, executions):
        """Move all opportunities in one batch; those not moved are skipped with the reason."""
        leads, reasons = self.action_id._crm_trigger_move(self._get_records(executions))
        outcomes = {}
        for execution in executions:
            record = self._get_records(execution)
            if record in reasons:
                outcomes[execution] = skipped(reasons[record])
            else:
                outcomes |= self._get_results(execution, leads[record])
        return outcomes
