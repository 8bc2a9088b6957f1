from odoo import api, models


class CrmTriggerRule(models.Model):
    """The date of a preset."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _prepare_preset_values(self, preset):
        date_field = preset.date_field and self.env["ir.model.fields"]._get(preset.model_name, preset.date_field)
        return {
            **super()._prepare_preset_values(preset),
            "trg_date_id": date_field,
            "trg_date_range": preset.trg_date_range,
            "trg_date_range_type": preset.trg_date_range_type,
            "trg_date_range_mode": preset.trg_date_range_mode,
        }

    def _is_as_preset(self):
        """A rule created when its preset used another date still belongs to the preset."""
        return super()._is_as_preset() and (self.trg_date_id.name or False) in self._get_preset_dates()

    def _get_preset_dates(self):
        date_field = self.preset_id.date_field
        return {date_field, self.env[self.preset_id.model_name]._crm_trigger_former_dates.get(date_field, date_field)}

    @api.onchange("trg_date_id")
    def _onchange_date(self):
        self._onchange_definition()
