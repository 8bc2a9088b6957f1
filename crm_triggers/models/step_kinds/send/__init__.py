"""Send the document."""

from . import ir_actions_server
from . import crm_trigger_step
from . import account_move_send
from . import account_move
from . import crm_trigger_execution
