from odoo import api, models


class CrmTriggerRule(models.Model):
    """The event of a preset."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _prepare_preset_values(self, preset):
        return {
            **super()._prepare_preset_values(preset),
            "happening": preset.happening,
            "happening_type_id": preset._get_activity_type(),
            "happening_template_id": False,
            "happening_words": False,
        }

    def _is_as_preset(self):
        preset = self.preset_id
        return (
            super()._is_as_preset()
            and (self.happening or False) == preset.happening
            and preset.activity_category in (False, self.happening_type_id.category)
        )

    @api.onchange("happening", "happening_type_id")
    def _onchange_happening(self):
        self._onchange_definition()
