from . import crm_trigger_enroll
