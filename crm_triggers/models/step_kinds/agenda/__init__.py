"""Plan a meeting."""

from . import ir_actions_server
from . import crm_trigger_step
