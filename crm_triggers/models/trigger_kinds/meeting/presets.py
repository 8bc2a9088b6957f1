from odoo import api, models


class CrmTriggerRule(models.Model):
    """The meeting of a preset."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _prepare_preset_values(self, preset):
        return {
            **super()._prepare_preset_values(preset),
            "meeting_mode": preset.meeting_mode,
            "meeting_rank": preset.meeting_rank,
            "meeting_tag_id": False,
        }

    def _is_as_preset(self):
        preset = self.preset_id
        return (
            super()._is_as_preset()
            and preset.meeting_mode in (False, self.meeting_mode)
            and preset.meeting_rank in (0, self.meeting_rank)
        )

    @api.onchange("meeting_mode", "meeting_rank")
    def _onchange_meeting(self):
        self._onchange_definition()
