from odoo import api, models


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    @api.model
    def _get_document_fields(self):
        return {**super()._get_document_fields(), "contract.line": "contract_id"}

    @api.model
    def _get_update_paths(self, model_name):
        if model_name == "contract.contract":
            return {"user_id", "tag_ids", "note"}
        if model_name == "contract.line":
            return {"contract_id.user_id", "contract_id.tag_ids"}
        return super()._get_update_paths(model_name)
