from . import crm_trigger_rule
