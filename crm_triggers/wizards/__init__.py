from . import (
    base_module_uninstall,
    base_partner_merge,
    crm_trigger_activation,
    crm_trigger_enroll,
    mail_compose_message,
)
