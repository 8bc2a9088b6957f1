"""Create the opportunity."""

from . import crm_trigger_step
from . import ir_actions_server
