from datetime import timedelta

from odoo import api, fields, models

SPARK_DAYS = 30


class CrmTriggerRule(models.Model):
    """Overview of rules: their phase in the sales process, their activity, and search fields."""

    _inherit = "crm.trigger.rule"

    phase = fields.Selection(
        [
            ("prospect", "Prospecting"),
            ("opportunity", "Opportunity"),
            ("quotation", "Quotation"),
            ("order", "Order"),
            ("invoice", "Invoice"),
            ("contract", "Contract"),
            ("contact", "Contact"),
            ("other", "Other"),
        ],
        compute="_compute_phase",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        group_expand=True,
        help="Where the rule belongs in the sales process. Only used to find it: drag it to another column if you "
        "like.",
    )
    model_icon = fields.Char(compute="_compute_model_icon")
    activity_30_days = fields.Json(
        "Last 30 Days",
        compute="_compute_activity_30_days",
        help="How many records entered the rule on each of the last 30 days, today last.",
    )

    @api.model
    def _get_model_faces(self):
        """Return ``{model name: (phase, icon)}``: how rules on a model are displayed.

        Declared by the models: ``_crm_trigger_phase``, ``_crm_trigger_icon``, an icon of Font Awesome.
        """
        phases, icons = map(self.env["ir.model"]._get_crm_trigger_said, ("phase", "icon"))
        return {name: (phases.get(name, "other"), icons.get(name, "fa-bolt")) for name in phases | icons}

    @api.depends("model_id")
    def _compute_phase(self):
        faces = self._get_model_faces()
        for rule in self:
            rule.phase = faces.get(rule.model_id.model, ("other", None))[0]

    @api.depends("model_id")
    def _compute_model_icon(self):
        faces = self._get_model_faces()
        for rule in self:
            rule.model_icon = faces.get(rule.model_id.model, (None, "fa-bolt"))[1]

    def _compute_activity_30_days(self):
        """Count the runs that each rule started on each of the last 30 days, today last, as far as the user may
        read them; days are in the user's time zone.
        """
        today = fields.Date.context_today(self)
        first = today - timedelta(days=SPARK_DAYS - 1)
        groups = self.env["crm.trigger.run"]._read_group(
            [("rule_id", "in", self.ids), ("started_at", ">=", first)],  # a day of the user, not UTC's
            ["rule_id", "started_at:day"],
            ["__count"],
        )
        counts = {(rule.id, day.date()): count for rule, day, count in groups}
        days = [first + timedelta(days=number) for number in range(SPARK_DAYS)]
        for rule in self:
            rule.activity_30_days = [counts.get((rule.id, day), 0) for day in days]

    def action_duplicate(self):
        """Copy the rule and open the copy, a draft."""
        self.ensure_one()
        return self.copy()._action_open()

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
