from . import (
    crm_trigger_execution,
    crm_trigger_step,
    ir_actions_server,
    ir_actions_server_price,
    ir_actions_server_usable,
    sale_order,
)
