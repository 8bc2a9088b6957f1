from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ContractLine(models.Model):
    _name = "contract.line"
    _inherit = ["contract.line", "crm.trigger.mixin"]
    _crm_trigger_name = _lt("Contract line")
    _crm_trigger_phase = "contract"
    _crm_trigger_icon = "fa-handshake-o"
    _crm_trigger_document = "contract_id"
    _crm_trigger_update_paths = frozenset({"contract_id.user_id", "contract_id.tag_ids"})
    # Headings and cancelled lines need no renewal either.
    _crm_trigger_initial_conditions = repr(
        [("contract_id.contract_type", "=", "sale"), ("display_type", "=", False), ("is_canceled", "=", False)]
    )
