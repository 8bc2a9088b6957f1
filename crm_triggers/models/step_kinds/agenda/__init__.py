"""Plan a meeting."""

from . import ir_actions_server
from . import availability
from . import crm_trigger_step
