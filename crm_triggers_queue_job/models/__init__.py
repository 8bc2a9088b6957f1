from . import queue_job, crm_trigger_execution, crm_trigger_rule
