from odoo import fields, models

from ....engine import states


class IrActionsServer(models.Model):
    """Moves opportunities along their pipeline."""

    _inherit = "ir.actions.server"

    state = fields.Selection(selection_add=[("crm_stage", "Move the Opportunity")], ondelete={"crm_stage": "cascade"})
    stage_move = fields.Selection(
        [("stage", "A stage"), ("won", "Won"), ("lost", "Lost")],
        "Move to",
        help="Won takes the won stage of its team, as the button of the opportunity does. Without a choice it "
        "is the stage below.",
    )
    stage_id = fields.Many2one(
        "crm.stage",
        "To the stage",
        ondelete="restrict",
        help="The stage to move to. Opportunities of teams that do not use this stage are skipped.",
    )
    stage_forward_only = fields.Boolean(
        "Forward only", help="Skip opportunities that are already at a later stage, won or lost."
    )
    lost_reason_id = fields.Many2one("crm.lost.reason", ondelete="restrict", help="Why the opportunity is lost.")

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state != "crm_stage":
            return warnings
        if not self.model_name or not self.env["crm.trigger.run"]._get_opportunity_field(self.model_name):
            warnings.append(self.env._("Only opportunities and records that have one can be moved to a stage."))
        if self.stage_move == "lost" and not self.lost_reason_id.active:
            warnings.append(self.env._("Choose a lost reason that is not archived."))
        if self.stage_move not in ("won", "lost") and not self.stage_id:
            warnings.append(self.env._("Choose the stage."))
        return warnings

    def _crm_trigger_get_opportunities(self, records):
        """Return ``{record: its opportunity}``, empty if there is none or it is still a lead."""
        fname, none = self.env["crm.trigger.run"]._get_opportunity_field(records._name), self.env["crm.lead"]
        found = {record: record if fname == "id" else record[fname] for record in records}
        return {record: lead if lead.type == "opportunity" else none for record, lead in found.items()}

    def _run_action_crm_stage_multi(self, eval_context=None):
        self._crm_trigger_move(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_move(self, records):
        """Move the opportunities of records, in one batch.

        :param records: opportunities, or records that have one
        :return: ``({record: its opportunity}, {record: skip reason})``
        """
        leads = self._crm_trigger_get_opportunities(records)
        reasons = {
            record: reason for record, lead in leads.items() if (reason := self._crm_trigger_get_stage_refusal(lead))
        }
        moving = self.env["crm.lead"].union(*(lead for record, lead in leads.items() if record not in reasons))
        if self.stage_move == "won":
            for group in moving.grouped("team_id").values():  # Odoo searches the stages of all their teams
                group.action_set_won()
        elif self.stage_move == "lost":
            moving.action_set_lost(lost_reason_id=self.lost_reason_id.id)
        elif moving:
            moving.write({"stage_id": self.stage_id.id})
        return leads, reasons

    def _crm_trigger_get_stage_refusal(self, lead):
        """Return why an opportunity is not moved, as a skip reason, or None."""
        if not lead:
            return states.SKIP_NO_OPPORTUNITY
        if self._crm_trigger_is_at_stage(lead):
            return states.SKIP_ALREADY
        if self.stage_forward_only and (lead.won_status != "pending" or not lead.active):
            return states.SKIP_CLOSED
        if self.stage_move in ("won", "lost"):
            return None
        if lead.team_id and self.stage_id.team_ids and lead.team_id not in self.stage_id.team_ids:
            return states.SKIP_OTHER_TEAM
        behind = self.stage_id.sequence < lead.stage_id.sequence and not self.stage_id.is_won
        return states.SKIP_BACKWARD if self.stage_forward_only and behind else None

    def _crm_trigger_is_at_stage(self, lead):
        if self.stage_move in ("won", "lost"):
            return lead.won_status == self.stage_move
        return lead.stage_id == self.stage_id
