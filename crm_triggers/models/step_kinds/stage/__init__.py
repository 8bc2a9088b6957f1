"""Move the opportunity."""

from . import ir_actions_server
from . import crm_trigger_step
from . import crm_lost_reason
from . import crm_stage
