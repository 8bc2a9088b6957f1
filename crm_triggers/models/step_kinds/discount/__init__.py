"""Give a discount."""

from . import ir_actions_server
from . import limit
from . import crm_trigger_step
from . import crm_trigger_incentive
from . import sale_order
from . import sale_order_line
from . import standstill
