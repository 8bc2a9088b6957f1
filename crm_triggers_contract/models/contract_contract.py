from odoo import models


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = ["contract.contract", "crm.trigger.mixin"]
    _crm_trigger_phase = "contract"
    _crm_trigger_icon = "fa-handshake-o"
    _crm_trigger_update_paths = frozenset({"user_id", "tag_ids", "note"})
    # Contracts with suppliers are nobody's renewal; who wants them deletes the condition.
    _crm_trigger_initial_conditions = repr([("contract_type", "=", "sale")])
