from odoo import api, fields, models
from odoo.addons.crm_triggers.models.step.kinds import StepKind, declare

declare(
    "quotation",
    StepKind(
        action={"state": "crm_quotation"},
        icon="fa-file-text-o",
        heading="money",
        needs="lead",
        manager_fields=("quotation_template_id", "quotation_then", "quotation_beside"),
        defaults={"quotation_then": None},
        batch="slow",  # it may be sent
    ),
)


class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("quotation", "Create a quotation"), ("other",)], ondelete={"quotation": "cascade"}
    )
    quotation_template_id = fields.Many2one(related="action_id.quotation_template_id", readonly=False)
    quotation_then = fields.Selection(related="action_id.quotation_then", readonly=False)
    quotation_beside = fields.Boolean(related="action_id.quotation_beside", readonly=False)
    quotation_company_ids = fields.Many2many("res.company", compute="_compute_quotation_company_ids")

    @api.depends("rule_id.company_id")
    def _compute_quotation_company_ids(self):
        for step in self:
            step.quotation_company_ids = step.rule_id.company_id

    def _get_quotation_phrase(self):
        if not self.quotation_template_id:
            return self.env._("create a quotation")
        if self.quotation_then == "sent":
            return self.env._("create the quotation “%s” and send it", self._get_name(self.quotation_template_id))
        return self.env._("create a draft of the quotation “%s”", self._get_name(self.quotation_template_id))

    def _get_quotation_problem(self):
        if not self.quotation_template_id:
            return self.env._("choose the quotation template.")
        return self._get_quotation_company_problem()

    def _get_quotation_company_problem(self):
        company, own = self.quotation_template_id.company_id, self.rule_id.company_id
        if not company or company == own:
            return None
        return self.env._(
            "the quotation template “%(template)s” belongs to %(company)s only: choose one of the company of the "
            "rule, or one for all companies.",
            template=self.quotation_template_id.name,
            company=company.name,
        )

    @api.model
    def _may_make_quotation(self, model_name, action_vals):
        """Users who may not create quotations cannot create a rule that does.

        :raises AccessError: the manager has no access to quotations
        """
        self.env["sale.order"].check_access("create")

    def _act_quotation(self, executions):
        """Create the quotations of the opportunities without one."""
        action = self.action_id
        outcomes = self._act_on_documents(
            executions, action._crm_trigger_create_quotations, action._crm_trigger_send_quotations
        )
        return self._note_sent(outcomes) if self.quotation_then == "sent" else outcomes

    def _writes_to_contact(self):
        sends = self.kind == "quotation" and self.quotation_then == "sent"
        return sends or super()._writes_to_contact()
