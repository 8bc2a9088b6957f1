from odoo import models


class ContractLine(models.Model):
    _name = "contract.line"
    _inherit = ["contract.line", "crm.trigger.mixin"]
