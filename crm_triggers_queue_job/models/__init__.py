from . import crm_trigger_execution
