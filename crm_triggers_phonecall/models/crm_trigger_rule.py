from odoo import api, fields, models


class CrmTriggerRule(models.Model):
    _inherit = "crm.trigger.rule"

    happening = fields.Selection(
        selection_add=[
            ("call_planned", "A phone call is planned"),
            ("call_in", "The customer called"),
            ("call_out", "The customer was called"),
            ("message_received",),
        ],
        ondelete={"call_planned": "cascade", "call_in": "cascade", "call_out": "cascade"},
    )

    @api.model
    def _get_happening_models(self):
        calls = ("call_planned", "call_in", "call_out")
        return {**super()._get_happening_models(), **dict.fromkeys(calls, "crm.lead")}
