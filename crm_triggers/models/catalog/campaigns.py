from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.domain import pins
from ..isolation import isolated


class CrmTriggerRule(models.Model):
    """The marketing campaigns that a rule is for."""

    _inherit = "crm.trigger.rule"

    campaign_ids = fields.Many2many(
        "utm.campaign",
        string="Campaigns",
        compute="_compute_campaign_ids",
        search="_search_campaign_ids",
        help="The campaigns that the conditions of the rule ask for.",
    )

    @api.depends("filter_domain", "model_id")
    def _compute_campaign_ids(self):
        named = {rule: rule._get_named_campaign_ids() for rule in self}
        there = self.env["utm.campaign"].browse(set().union(*named.values())).exists()
        for rule in self:
            rule.campaign_ids = there.filtered(lambda campaign: campaign.id in named[rule])  # noqa: B023

    def _get_named_campaign_ids(self):
        """Return the ids of campaigns that the conditions ask for, as a set; some may be gone."""
        field = self.env[self.model_name]._fields.get("campaign_id") if self.model_name in self.env else None
        found = frozenset()
        if field is not None and field.comodel_name == "utm.campaign":
            with isolated(self.env.cr.savepoint(flush=False), f"{self}: its campaigns", lambda error: None):
                found = pins(self._get_domain("filter_domain")).get("campaign_id", frozenset())
        return {campaign_id for campaign_id in found if isinstance(campaign_id, int)}

    @api.model
    def _search_campaign_ids(self, operator, value):
        """Each rule that speaks of campaigns is asked; they are few."""
        if operator not in ("any", "in"):
            return NotImplemented
        campaigns = self.env["utm.campaign"].search(value if operator == "any" else [("id", "in", value)])
        rules = self.with_context(active_test=False).search([("filter_domain", "like", "campaign_id")])
        return Domain("id", "in", rules.filtered(lambda rule: rule.campaign_ids & campaigns).ids)

    @api.model
    def _get_campaign_counts(self):
        """Return ``{campaign id: number of rules}`` of the rules the user may read."""
        rules = self.search([("filter_domain", "like", "campaign_id")])
        return Counter(campaign_id for rule in rules for campaign_id in rule.campaign_ids.ids)
