from . import ir_actions_server, crm_trigger_step
