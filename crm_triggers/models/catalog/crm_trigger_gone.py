from odoo import models

GONE = "crm.trigger.gone"


class CrmTriggerGone(models.AbstractModel):
    """What rules are made for whose kind of record is gone with its add-on."""

    _name = GONE
    _description = "Kind of Record That Is Gone"
