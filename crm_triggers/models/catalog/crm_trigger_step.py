from odoo import api, fields, models


class CrmTriggerStep(models.Model):
    """What a step saves."""

    _inherit = "crm.trigger.step"

    minutes = fields.Integer(
        "Minutes saved",
        compute="_compute_minutes",
        store=True,
        readonly=False,
        precompute=True,
        help="How long a person would need for it. Only for telling what the rule brings.",
    )

    @api.depends("kind")
    def _compute_minutes(self):
        """A guess to begin with, which each step may correct."""
        for step in self:
            step.minutes = step._get_kind().minutes
