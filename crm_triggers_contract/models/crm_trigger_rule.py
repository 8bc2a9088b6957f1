from odoo import api, models

INITIAL_CONDITIONS = {
    "contract.contract": [("contract_type", "=", "sale")],
    "contract.line": [
        ("contract_id.contract_type", "=", "sale"),
        ("display_type", "=", False),
        ("is_canceled", "=", False),
    ],
}


class CrmTriggerRule(models.Model):
    _inherit = "crm.trigger.rule"

    @api.model
    def _get_initial_conditions(self, model_name):
        """Contracts with suppliers, headings, cancelled lines and terminated contracts are
        nobody's renewal; who wants them deletes the condition."""
        if model_name not in INITIAL_CONDITIONS:
            return super()._get_initial_conditions(model_name)
        conditions = list(INITIAL_CONDITIONS[model_name])
        if "is_terminated" in self.env["contract.contract"]:  # of contract_termination
            path = "is_terminated" if model_name == "contract.contract" else "contract_id.is_terminated"
            conditions.append((path, "=", False))
        return repr(conditions)

    @api.model
    def _get_model_faces(self):
        return {
            **super()._get_model_faces(),
            "contract.contract": ("contract", "fa-handshake-o"),
            "contract.line": ("contract", "fa-handshake-o"),
        }
