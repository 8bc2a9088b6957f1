from odoo import models

GONE = "crm.trigger.gone"
ALL_GOES = "crm_triggers_all_goes"  # in the context: our add-on itself is uninstalled, nothing is kept


class CrmTriggerGone(models.AbstractModel):
    """What rules are made for whose kind of record is gone with its add-on."""

    _name = GONE
    _description = "Removed Type of Record"
