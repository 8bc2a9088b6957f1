from odoo import fields, models


class UtmCampaign(models.Model):
    """The rules of a campaign are listed and created where it is managed."""

    _inherit = "utm.campaign"

    crm_trigger_count = fields.Integer(
        "Triggers",
        compute="_compute_crm_trigger_count",
        groups="crm_triggers.crm_triggers_group_user",
        help="The rules whose conditions ask for this campaign.",
    )

    def _compute_crm_trigger_count(self):
        counts = self.env["crm.trigger.rule"]._get_campaign_counts()
        for campaign in self:
            campaign.crm_trigger_count = counts[campaign._origin.id]

    def action_view_crm_triggers(self):
        """Show the rules of the campaign; a new one has it as its condition."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_triggers.crm_trigger_rule_action")
        name = self.env._("Triggers of the campaign “%s”", self.title)
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("campaign_ids", "in", self.ids)],
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "path": False,
            "context": {
                "default_name": self.env._("Lead of the campaign “%s”", self.title),
                "default_preset_id": self.env.ref("crm_triggers.preset_lead_campaign").id,
                "default_preset_value": f"{self._name},{self.id}",
            },
        }
