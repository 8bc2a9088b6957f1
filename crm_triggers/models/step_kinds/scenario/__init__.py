"""Into and out of scenarios."""

from . import ir_actions_server
from . import crm_trigger_step
