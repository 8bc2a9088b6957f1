from odoo import models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "crm.trigger.known.mixin"]
    _crm_trigger_known = frozenset({"partner_id", "resource_calendar_id"})
