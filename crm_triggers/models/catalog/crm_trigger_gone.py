from odoo import models

GONE = "crm.trigger.gone"
ALL_GOES = "crm_triggers_all_goes"  # context key: our add-on itself is uninstalled, nothing is kept


class CrmTriggerGone(models.AbstractModel):
    """The model of rules whose own model was removed with its add-on."""

    _name = GONE
    _description = "Removed Type of Record"
