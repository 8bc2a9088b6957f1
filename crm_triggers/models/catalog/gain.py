from odoo import api, fields, models
from odoo.fields import Domain

RECORDS = 1000  # the success rate covers this many of the latest records


class CrmTriggerRule(models.Model):
    """The benefit of a rule: automated steps, the time they saved, and how many of its records reached a good end."""

    _inherit = "crm.trigger.rule"

    done_count = fields.Integer(
        "Steps done",
        compute="_compute_gain",
        help="For the records that you have access to, as far as the log is kept.",
    )
    saved_hours = fields.Float(
        "Hours saved",
        compute="_compute_gain",
        help="The minutes that a person would have needed for each of these steps, as the steps say, in hours.",
    )
    success_rate = fields.Float(
        "Success",
        compute="_compute_success_rate",
        help="Share of the last 1,000 records that went through the rule: opportunities won, quotations ordered, "
        "invoices paid.",
    )

    @api.depends_context("uid")
    def _compute_gain(self):
        lines = self.env["crm.trigger.execution"]._read_group(
            [("rule_id", "in", self.ids), ("state", "=", "done")], ["step_id"], ["__count"]
        )
        for rule in self:
            own = [(step.sudo(), count) for step, count in lines if step.sudo().rule_id == rule]  # only figures
            rule.done_count = sum(count for _step, count in own)
            rule.saved_hours = sum(step.minutes * count for step, count in own) / 60

    @api.depends_context("uid")
    def _compute_success_rate(self):
        for rule in self:
            goal = rule._get_goal_domain(rule.model_name)
            runs = self.env["crm.trigger.run"].search([("rule_id", "=", rule.id)], limit=RECORDS) if goal else None
            ids = set(runs.mapped("res_id")) if runs else set()
            model = self.env[rule.model_name].with_context(active_test=False) if ids else None
            reached = model.search_count(Domain("id", "in", list(ids)) & goal) if ids else 0
            rule.success_rate = reached / len(ids) if ids else 0

    @api.model
    def _get_goal_domain(self, model_name):
        """Return the domain of the records of a model that reached a good end, None if it has none.

        Its ``_crm_trigger_goal``; override if it depends on the rule.
        """
        goal = self.env[model_name]._crm_trigger_goal if model_name in self.env else None
        return Domain(goal) if goal else None
