from odoo import api, fields, models
from odoo.tools import formatLang

from ...step.kinds import StepKind, declare

declare(
    "discount",
    StepKind(
        action={"state": "crm_discount"},
        icon="fa-gift",
        heading="money",
        needs="order",
        manager_fields=("discount_percent", "discount_maximum", "discount_days", "discount_lines"),
        defaults=dict.fromkeys(("discount_lines", "discount_percent", "discount_days")),
    ),
)


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("discount", "Give a discount"), ("other",)], ondelete={"discount": "cascade"}
    )
    discount_percent = fields.Float(related="action_id.discount_percent", readonly=False)
    discount_maximum = fields.Float(related="action_id.discount_maximum", readonly=False)
    discount_days = fields.Integer(related="action_id.discount_days", readonly=False)
    discount_lines = fields.Selection(related="action_id.discount_lines", readonly=False)

    @api.model
    def _may_make_discount(self, model_name, action_vals):
        self._check_may_change_orders(model_name)

    def _get_discount_phrase(self):
        percent, most = self.action_id._crm_trigger_format_percent(self.discount_percent), self.discount_maximum
        if most:
            return self.env._(
                "give a discount of %(percent)s for %(days)s days, at most %(most)s",
                percent=percent,
                days=self.discount_days,
                most=formatLang(self.env, most),
            )
        return self.env._("give a discount of %(percent)s for %(days)s days", percent=percent, days=self.discount_days)

    def _act_discount(self, executions):
        """Give the discount on open quotations."""
        return self._act_on_documents(executions, self.action_id._crm_trigger_give_discounts)
