from odoo import api, models


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    @api.model
    def _get_needs(self, model_name):
        """Opportunities can be created from contracts."""
        needs = super()._get_needs(model_name)
        return {**needs, "deal": lambda: model_name == "contract.contract" or needs["deal"]()}

    def _get_refusal(self):
        if self.kind == "opportunity" and (problem := self._get_assign_refusal()):
            return problem
        return super()._get_refusal()

    def _get_opportunity_phrase(self):
        if self.rule_model_name != "contract.contract":
            return super()._get_opportunity_phrase()
        if self.assign_team_id:
            return self.env._("create the renewal opportunity, for the team “%s”", self.assign_team_id.name)
        return self.env._("create the renewal opportunity")

    def _act_opportunity(self, executions):
        """Create the renewal opportunity of each contract without an open one."""
        if self.rule_model_name != "contract.contract":
            return super()._act_opportunity(executions)
        return self._act_on_documents(executions, self.action_id._crm_trigger_create_renewals)
