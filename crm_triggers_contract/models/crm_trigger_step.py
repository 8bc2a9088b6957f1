from odoo import api, models


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    @api.model
    def _get_update_paths(self, model_name):
        if model_name == "contract.contract":
            return {"user_id", "tag_ids", "note"}
        return super()._get_update_paths(model_name)
