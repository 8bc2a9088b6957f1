from odoo import api, models


class IrModel(models.Model):
    _inherit = "ir.model"

    @api.model
    def _get_crm_trigger_names(self):
        return {**super()._get_crm_trigger_names(), "contract.line": self.env._("Contract line")}
