from markupsafe import Markup

from odoo import api, fields, models


class CrmTriggerRule(models.Model):
    """The stages of the pipeline that a rule is for."""

    _inherit = "crm.trigger.rule"

    stage_ids = fields.Many2many(
        "crm.stage",
        string="Stages",
        compute="_compute_stage_ids",
        search="_search_stage_ids",
        help="The stages used in the conditions of the rule.",
    )

    @api.depends("filter_domain", "model_id")
    def _compute_stage_ids(self):
        self._compute_pinned("stage_ids", "stage_id")

    @api.model
    def _search_stage_ids(self, operator, value):
        return self._search_pinned("stage_ids", "stage_id", operator, value)

    @api.model
    def get_stage_counts(self):
        """Return ``{stage id: number of rules}`` for the whole pipeline, as :meth:`action_view_of_stage` lists them."""
        return self._count_pinned("stage_ids", "stage_id")

    @api.model
    def _get_stage_help(self, stage):
        title = self.env._("No rule for the stage “%s” yet", stage.name)
        text = self.env._("Create one: it starts when a card reaches the stage, and you only choose what to do.")
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
