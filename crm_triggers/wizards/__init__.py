from . import (
    base_module_uninstall,
    base_partner_merge,
    crm_trigger_activation,
    crm_trigger_enroll,
    crm_trigger_forget,
    crm_trigger_signal_add,
    mail_compose_message,
)
