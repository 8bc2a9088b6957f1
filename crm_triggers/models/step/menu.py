from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmTriggerStep(models.Model):
    """Which kinds of steps are offered, under which headings: those that fit the rule's records and the user's
    rights. All others are refused on saving.
    """

    _inherit = "crm.trigger.step"

    kind_menu = fields.Json(
        "Kinds to choose from",
        compute="_compute_kind_menu",
        help="What a step can do to the records of the rule, by category.",
    )

    @api.depends("rule_id.model_id")
    @api.depends_context("lang", "uid")
    def _compute_kind_menu(self):
        menus = {name: self._get_kind_menu(name) for name in {step.rule_id.model_name for step in self}}
        for step in self:
            step.kind_menu = menus[step.rule_id.model_name]

    @api.model
    def _get_kind_menu(self, model_name):
        """Return ``[{"label", "choices": [{"value", "label"}]}]`` of the kinds offered for a model."""
        headings = {
            "todo": self.env._("Activities and calendar"),
            "tell": self.env._("Notify colleagues"),
            "customer": self.env._("Write to the customer"),
            "process": self.env._("Lead, opportunity, contact"),
            "money": self.env._("Quotation, order, money"),
            "scenario": self.env._("Scenario"),
            "more": self.env._("More"),
        }
        choices = {heading: [] for heading in headings}
        for kind, label in self._fields["kind"]._description_selection(self.env):
            declared = self._kinds[kind]
            if self._has_need(declared.needs, model_name) and self._may_make_kind(model_name, kind):
                choices[declared.heading].append({"value": kind, "label": label})
        return [{"label": headings[heading], "choices": found} for heading, found in choices.items() if found]

    @api.model
    def _has_need(self, need, model_name):
        """Return whether records of a model meet the need of a kind of step; False without a model."""
        if not need or not model_name or model_name not in self.env:
            return True
        return self._get_needs(model_name)[need]()

    @api.model
    def _get_needs(self, model_name):
        """Return ``{need: function}``; the function returns whether records of a model meet it.

        Override to extend the dict of super.
        """
        document_name, runs = self._get_document_model_name(model_name), self.env["crm.trigger.run"]
        return {
            "order": lambda: model_name == "sale.order",
            "deal": lambda: model_name == "sale.order",  # what opportunities are created from
            "activities": lambda: isinstance(self.env[document_name], self.pool["mail.activity.mixin"]),
            "document": lambda: model_name in ("sale.order", "account.move"),
            "lead": lambda: model_name == "crm.lead",
            "opportunity": lambda: bool(runs._get_opportunity_field(model_name)),
            "contact": lambda: any(runs._get_partner_field(name) for name in (model_name, document_name)),
            "owner": lambda: not {"user_id", "invoice_user_id"}.isdisjoint(self.env[document_name]._fields),
            "update": lambda: self._may_make_any() or bool(self._get_update_paths(model_name)),
        }

    @api.model
    def _may_make_kind(self, model_name, kind):
        """Return whether the user has the rights that a kind of step requires."""
        try:
            self._check_manager_may(model_name, kind, dict(self._kinds[kind].action))
        except AccessError:
            return False
        return True
