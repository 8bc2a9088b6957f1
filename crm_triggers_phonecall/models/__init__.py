from . import crm_trigger_rule, crm_phonecall
