from . import contract_contract, crm_trigger_step
