"""Close activities."""

from . import ir_actions_server
from . import crm_trigger_step
from . import mail_activity_type
