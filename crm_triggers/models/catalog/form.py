from odoo import api, fields, models


class CrmTriggerRule(models.Model):
    """What the form of a rule shows and hides; not stored."""

    _inherit = "crm.trigger.rule"

    show_advanced = fields.Boolean(
        "Advanced",
        compute="_compute_show_advanced",
        readonly=False,
        help="Show the technical settings: type of record, trigger, date field and state before the change.",
    )
    has_stop = fields.Boolean(
        "Stop early",
        compute="_compute_has_stop",
        readonly=False,
        help="Cancel what is still planned for a record as soon as it meets certain conditions.",
    )
    has_exceptions = fields.Boolean(
        "Add exceptions",
        compute="_compute_has_exceptions",
        readonly=False,
        help="Exclude records that meet certain conditions.",
    )

    @api.depends("preset_id")
    def _compute_show_advanced(self):
        for rule in self:
            rule.show_advanced = not rule.preset_id

    @api.depends("stop_domain")
    def _compute_has_stop(self):
        for rule in self:
            rule.has_stop = bool(rule.stop_domain)

    @api.depends("exclude_domain")
    def _compute_has_exceptions(self):
        for rule in self:
            rule.has_exceptions = bool(rule.exclude_domain)

    @api.onchange("has_stop", "has_exceptions")
    def _onchange_switches(self):
        """When the switch is turned off, the conditions are cleared."""
        if not self.has_stop:
            self.stop_domain = False
        if not self.has_exceptions:
            self.exclude_domain = False
