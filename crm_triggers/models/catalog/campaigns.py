from odoo import api, fields, models


class CrmTriggerRule(models.Model):
    """The marketing campaigns that a rule is for."""

    _inherit = "crm.trigger.rule"

    campaign_ids = fields.Many2many(
        "utm.campaign",
        string="Campaigns",
        compute="_compute_campaign_ids",
        search="_search_campaign_ids",
        help="The campaigns used in the conditions of the rule.",
    )

    @api.depends("filter_domain", "model_id")
    def _compute_campaign_ids(self):
        self._compute_pinned("campaign_ids", "campaign_id")

    @api.model
    def _search_campaign_ids(self, operator, value):
        return self._search_pinned("campaign_ids", "campaign_id", operator, value)

    @api.model
    def _get_campaign_counts(self):
        """Return ``{campaign id: number of rules}`` of the rules the user may read."""
        return self._count_pinned("campaign_ids", "campaign_id")
