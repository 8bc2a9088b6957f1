from odoo import api, models


class CrmTriggerStep(models.Model):
    """Users who write the condition of a step may set the language in which the rule's conditions are read."""

    _inherit = "crm.trigger.step"

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        for rule in steps.filtered("filter_domain").rule_id:
            written = steps.filtered(lambda step, rule=rule: step.rule_id == rule).mapped("filter_domain")
            before = rule._get_condition_texts()
            rule._adopt_language([text for text in before if text not in written])
        return steps

    def write(self, vals):
        before = {rule: rule._get_condition_texts() for rule in self.rule_id} if "filter_domain" in vals else {}
        result = super().write(vals)
        for rule, texts in before.items():
            rule._adopt_language(texts)
        return result
