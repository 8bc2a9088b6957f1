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
FIELDS = ("discount_percent", "discount_maximum", "discount_days", "discount_lines")


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("discount", "Give a discount"), ("other",)], ondelete={"discount": "cascade"}
    )
    discount_percent = fields.Float(related="action_id.discount_percent", readonly=False)
    discount_maximum = fields.Float(related="action_id.discount_maximum", readonly=False)
    discount_days = fields.Integer(related="action_id.discount_days", readonly=False)
    discount_lines = fields.Selection(related="action_id.discount_lines", readonly=False)

    @api.onchange("kind")
    def _onchange_kind(self):
        result = super()._onchange_kind()
        if self.kind == "discount" and not self.discount_lines:
            self.update(self.env["ir.actions.server"].sudo().default_get(FIELDS))
        return result

    @api.depends(*FIELDS)
    def _compute_phrase(self):
        return super()._compute_phrase()

    def _get_discount_phrase(self):
        percent, most = self.action_id._format_percent(self.discount_percent), self.discount_maximum
        if most:
            return self.env._(
                "discount of %(percent)s for %(days)s days, at most %(most)s",
                percent=percent,
                days=self.discount_days,
                most=formatLang(self.env, most),
            )
        return self.env._("discount of %(percent)s for %(days)s days", percent=percent, days=self.discount_days)

    def _act_discount(self, executions):
        """Give the discount on the quotations that are open."""
        return self._act_on_documents(executions, self.action_id._give_discounts)
