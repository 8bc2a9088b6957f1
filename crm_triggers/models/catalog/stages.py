from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.domain import pins
from ..isolation import isolated


class CrmTriggerRule(models.Model):
    """The stages of the pipeline that a rule is for."""

    _inherit = "crm.trigger.rule"

    stage_ids = fields.Many2many(
        "crm.stage",
        string="Stages",
        compute="_compute_stage_ids",
        search="_search_stage_ids",
        help="The stages that the conditions of the rule ask for.",
    )

    @api.depends("filter_domain", "model_id")
    def _compute_stage_ids(self):
        named = {rule.id: rule._get_named_stage_ids() for rule in self}
        there = set(self.env["crm.stage"].browse(set().union(*named.values())).exists().ids)
        for rule in self:
            rule.stage_ids = self.env["crm.stage"].browse(sorted(named[rule.id] & there))

    def _get_named_stage_ids(self):
        """Return the ids of stages that the conditions ask for, as a set; some may be gone."""
        found = frozenset()
        if self.model_name == "crm.lead":
            with isolated(self.env.cr.savepoint(flush=False), f"{self}: its stages", lambda error: None):
                found = pins(self._get_domain("filter_domain")).get("stage_id", frozenset())
        return {stage_id for stage_id in found if isinstance(stage_id, int)}

    @api.model
    def _search_stage_ids(self, operator, value):
        """There are few rules on leads: each is asked."""
        if operator not in ("any", "in"):
            return NotImplemented
        stages = self.env["crm.stage"].search(value if operator == "any" else [("id", "in", value)])
        rules = self.with_context(active_test=False).search([("model_name", "=", "crm.lead")])
        return Domain("id", "in", rules.filtered(lambda rule: rule.stage_ids & stages).ids)

    @api.model
    def get_stage_counts(self):
        """Return ``{stage id: number of rules}`` for the whole pipeline, as :meth:`action_view_of_stage` lists them."""
        rules = self.search([("model_name", "=", "crm.lead")])
        return Counter(stage_id for rule in rules for stage_id in rule.stage_ids.ids)

    @api.model
    def _get_stage_help(self, stage):
        title = self.env._("No rule for the stage “%s” yet", stage.name)
        text = self.env._("Make one: it starts when a card reaches the stage, and all you choose is what is done then.")
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (title, text)

    @api.model
    def action_view_of_stage(self, stage_id):
        """Show the rules of a stage of the pipeline; a new one has it as its condition.

        :param int stage_id: id of a ``crm.stage``
        """
        stage = self.env["crm.stage"].browse(stage_id)
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_triggers.crm_trigger_rule_action")
        name = self.env._("Triggers of the stage “%s”", stage.name)
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("stage_ids", "in", stage.ids)],
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "path": False,
            "help": self._get_stage_help(stage),
            "context": {
                "default_name": self.env._("Stage “%s” is reached", stage.name),
                "default_preset_id": self.env.ref("crm_triggers.preset_opportunity_stage").id,
                "default_preset_value": f"{stage._name},{stage.id}",
            },
        }
