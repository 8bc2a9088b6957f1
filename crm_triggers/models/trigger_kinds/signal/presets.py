from odoo import api, fields, models
from odoo.fields import Command

from .crm_trigger_rule import SIGNAL, SIGNAL_FIELDS, WINDOW_UNITS


class CrmTriggerPreset(models.Model):
    """The signals of a preset."""

    _inherit = "crm.trigger.preset"

    signal_codes = fields.Char("Signals", help="Codes of the signal types, separated by commas; empty for any.")
    signal_count = fields.Integer("Number of signals", default=1, help="How many signals, as a suggestion.")
    signal_points = fields.Integer("Points", help="How many points, as a suggestion; then the number of signals is 0.")
    signal_window_count = fields.Integer("Within", default=1, help="Within which time, as a suggestion.")
    signal_window_unit = fields.Selection(
        WINDOW_UNITS,
        "Within unit",
        default="days",
        required=True,
        help="Unit of the time.",
    )

    def _get_signal_types(self):
        codes = [code.strip() for code in (self.signal_codes or "").split(",") if code.strip()]
        return self.env["crm.trigger.signal.type"].search([("code", "in", codes)])

    def _is_known(self):
        """A preset whose signals were archived or deleted is not offered."""
        waits = self.trigger == SIGNAL and self.signal_codes
        return super()._is_known() and (not waits or bool(self._get_signal_types()))


class CrmTriggerRule(models.Model):
    """The signals of a preset."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _prepare_preset_values(self, preset):
        return {
            **super()._prepare_preset_values(preset),
            **{fname: preset[fname] if fname in preset._fields else False for fname in SIGNAL_FIELDS},
            "signal_type_ids": [Command.set(preset._get_signal_types().ids)],
        }

    def _is_as_preset(self):
        preset = self.preset_id
        same = self.trigger != SIGNAL or self.signal_type_ids._origin == preset._get_signal_types()
        return super()._is_as_preset() and same

    @api.onchange("signal_type_ids")
    def _onchange_signal_type_ids(self):
        self._onchange_definition()
