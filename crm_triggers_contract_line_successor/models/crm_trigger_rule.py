import ast

from odoo import api, models


class CrmTriggerRule(models.Model):
    _inherit = "crm.trigger.rule"

    @api.model
    def _get_initial_conditions(self, model_name):
        """A line with a successor does not end."""
        conditions = super()._get_initial_conditions(model_name)
        if model_name != "contract.line":
            return conditions
        return repr([*ast.literal_eval(conditions or "[]"), ("successor_contract_line_id", "=", False)])
