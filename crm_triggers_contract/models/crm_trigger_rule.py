import ast

from odoo import api, models

TERMINATED = {"contract.contract": "is_terminated", "contract.line": "contract_id.is_terminated"}


class CrmTriggerRule(models.Model):
    _inherit = "crm.trigger.rule"

    @api.model
    def _get_initial_conditions(self, model_name):
        """A terminated contract is not renewed, if ``contract_termination`` marks it."""
        conditions = super()._get_initial_conditions(model_name)
        if model_name not in TERMINATED or "is_terminated" not in self.env["contract.contract"]:
            return conditions
        return repr([*ast.literal_eval(conditions or "[]"), (TERMINATED[model_name], "=", False)])
