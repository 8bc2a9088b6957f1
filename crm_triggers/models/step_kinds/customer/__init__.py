"""Convert the lead; make the contact a customer."""

from . import ir_actions_server
from . import crm_trigger_step
from . import res_partner_category
