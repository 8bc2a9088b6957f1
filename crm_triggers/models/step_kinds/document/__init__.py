"""What steps on quotations, orders and invoices have in common."""

from . import ir_actions_server
from . import crm_trigger_step
