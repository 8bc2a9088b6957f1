"""Entering, leaving and switching scenarios."""

from . import ir_actions_server
from . import crm_trigger_step
