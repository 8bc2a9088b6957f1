"""Notes, messages, posts in a channel."""

from . import ir_actions_server
from . import crm_trigger_step
