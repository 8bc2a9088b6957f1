from odoo import api, fields, models
from odoo.addons.crm_triggers.models.step.kinds import StepKind, declare

declare(
    "coupon",
    StepKind(
        action={"state": "crm_coupon"},
        icon="fa-ticket",
        heading="money",
        needs="contact",
        manager_fields=("coupon_program_id", "coupon_days"),
        defaults={"coupon_days": None},
    ),
)


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    kind = fields.Selection(selection_add=[("coupon", "Give a coupon"), ("other",)], ondelete={"coupon": "cascade"})
    coupon_program_id = fields.Many2one(related="action_id.coupon_program_id", readonly=False)
    coupon_days = fields.Integer(related="action_id.coupon_days", readonly=False)
    coupon_company_ids = fields.Many2many("res.company", compute="_compute_coupon_company_ids")

    @api.depends("rule_id.company_id")
    def _compute_coupon_company_ids(self):
        for step in self:
            company = step.rule_id.company_id
            step.coupon_company_ids = company | company.parent_id  # as in Odoo, with those of the parent company

    def _get_coupon_phrase(self):
        if not self.coupon_program_id:
            return self.env._("give a coupon")
        return self.env._(
            "give the coupon “%(program)s” for %(days)s days",
            program=self._get_name(self.coupon_program_id),
            days=self.coupon_days,
        )

    def _get_coupon_problem(self):
        if not self.coupon_program_id:
            return self.env._("choose the coupon program.")
        return self._get_coupon_company_problem()

    def _get_coupon_company_problem(self):
        company = self.coupon_program_id.company_id
        if company in self.coupon_company_ids or not company:
            return None
        return self.env._(
            "the coupon program “%(program)s” belongs to %(company)s only: choose one of the company of the rule, or "
            "one for all companies.",
            program=self.coupon_program_id.name,
            company=company.name,
        )

    @api.model
    def _may_make_coupon(self, model_name, action_vals):
        """Users who may not create coupons cannot create a rule that does.

        :raises AccessError: the manager has no access to coupons
        """
        self.env["loyalty.card"].check_access("create")

    def _act_coupon(self, executions):
        """Create a coupon for the contact of each record."""
        action = self.action_id
        return self._act_on_documents(executions, action._crm_trigger_give_coupons, action._crm_trigger_tell_of_coupons)
