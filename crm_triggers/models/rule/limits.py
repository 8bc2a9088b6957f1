from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.frequency import Pace
from ..step.check import LONGEST_DELAY


class CrmTriggerRule(models.Model):
    """How often a rule may act on a record and a contact."""

    _inherit = "crm.trigger.rule"

    reentry = fields.Selection(
        [
            ("occurrence", "Each time it happens"),
            ("once", "Once per record"),
            ("cooldown", "Minimum interval"),
        ],
        "Repeat",
        default="occurrence",
        required=True,
        help="A run that stopped before anything was done does not count.",
    )
    cooldown_count = fields.Integer(
        "Minimum interval",
        default=7,
        help="Minimum time between two runs for the same record. What happens in the meantime is logged.",
    )
    cooldown_unit = fields.Selection(
        [("hours", "hours"), ("days", "days"), ("weeks", "weeks"), ("months", "months")],
        "Unit of the minimum interval",
        default="days",
        required=True,
        help="Unit of the minimum interval.",
    )
    limit_count = fields.Integer(
        "At most",
        help="How often this rule may run for the same contact in the period; 0 for no limit. What exceeds it is "
        "logged and not caught up.",
    )
    limit_period = fields.Selection(
        [("day", "a day"), ("week", "a week"), ("month", "a month")],
        default="week",
        required=True,
        help="The period ends today: a week means today and the six days before.",
    )

    @api.constrains("reentry", "cooldown_count", "limit_count")
    def _check_pace(self):
        for rule in self:
            if rule.limit_count < 0:
                raise ValidationError(
                    self.env._("Rule “%s”: the maximum number of runs per contact cannot be negative.", rule.name)
                )
            if rule.reentry == "cooldown" and not 0 < rule.cooldown_count <= LONGEST_DELAY[rule.cooldown_unit]:
                raise ValidationError(self.env._("Rule “%s”: set the minimum interval, ten years at most.", rule.name))

    def _get_pace(self):
        """Return the frequency limits of this rule, in terms of the engine."""
        self.ensure_one()
        return Pace(
            cooldown=self.cooldown_count if self.reentry == "cooldown" else 0,
            unit=self.cooldown_unit,
            limit=self.limit_count,
            period=self.limit_period,
            tz=self._get_tz(),
        )
