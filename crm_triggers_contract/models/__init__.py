from . import (
    contract_contract,
    contract_line,
    crm_lead,
    crm_trigger_rule,
    crm_trigger_step,
    ir_actions_server,
)
