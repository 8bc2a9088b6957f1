import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import domain as domain_engine
from ...engine import expression


class CrmTriggerRule(models.Model):
    """Picking what starts a rule by sales words, instead of by model, trigger and domain."""

    _inherit = "crm.trigger.rule"

    preset_id = fields.Many2one(
        "crm.trigger.preset",
        "Event",
        ondelete="set null",
        domain=[("available", "=", True)],
        help="The event that starts the rule. It fills in the technical settings, and conditions to which you can "
        "add your own.",
    )
    preset_description = fields.Text(related="preset_id.description", string="What is detected")
    preset_value = fields.Reference(
        selection="_selection_preset_value",
        string="Which one",
        help="The stage, tag or category of the event above.",
    )
    preset_value_model_id = fields.Many2one("ir.model", "Kind of choice", compute="_compute_preset_value_model")

    @api.model
    def _selection_preset_value(self):
        names = set(self.env["crm.trigger.preset"].sudo().search([("value_model", "!=", False)]).mapped("value_model"))
        get_model = self.env["ir.model"]._get
        return [(name, get_model(name).name) for name in sorted(names) if name in self.env]

    @api.depends("preset_id")
    def _compute_preset_value_model(self):
        for rule in self:
            name = rule.preset_id.value_model
            rule.preset_value_model_id = self.env["ir.model"]._get_id(name) if name in self.env else False

    @api.constrains("preset_id", "preset_value")
    def _check_preset_value(self):
        for rule in self:
            wanted = rule.preset_id.value_model
            if wanted and (not rule.preset_value or rule.preset_value._name != wanted):
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: specify which one, for “%(preset)s”.",
                        rule=rule.name,
                        preset=rule.preset_id.name,
                    )
                )

    @api.onchange("preset_id")
    def _onchange_preset_id(self):
        """Fill in what the preset says; a rule without a name takes its."""
        preset = self.preset_id
        if not preset or preset == self._origin.preset_id:
            return
        if self.preset_value and self.preset_value._name != preset.value_model:
            self.preset_value = False
        self.update(self._prepare_preset_values(preset))
        self._onchange_preset_value()
        if not self.name or self.env["crm.trigger.preset"].search_count([("name", "=", self.name)], limit=1):
            self.name = preset.name

    @api.model
    def _prepare_preset_values(self, preset):
        """Return what a rule takes from a preset whose value is still to be chosen."""
        return {
            "model_id": self.env["ir.model"]._get_id(preset.model_name),
            "trigger": preset.trigger,
            "filter_domain": self._write_terms(self._get_preset_terms(preset)),
            "filter_pre_domain": preset.filter_pre_domain,
            "stop_domain": False,
            "exclude_domain": False,
        }

    @api.onchange("preset_value")
    def _onchange_preset_value(self):
        """Put the choice into the conditions, and leave those a person added."""
        if not self.preset_id.value_model:
            return
        known = self._get_preset_terms(self.preset_id, self.preset_value.id if self.preset_value else None)
        chosen = [term[:2] for term in self.preset_id._get_terms(value_id=1)]
        own = [term for term in self._read_terms() or () if term not in known and term[:2] not in chosen]
        self.filter_domain = self._write_terms([*known, *own])

    @api.onchange("model_id", "trigger", "filter_domain", "filter_pre_domain")
    def _onchange_definition(self):
        """A rule that no longer does what the words of its preset say goes without."""
        if self.preset_id and not self._is_as_preset():
            self.preset_id = self.preset_value = False

    def _is_as_preset(self):
        """Tell whether this rule does what the words of its preset say."""
        preset = self.preset_id
        return (
            self.model_id.model == preset.model_name
            and self.trigger == preset.trigger
            and self._read_terms("filter_pre_domain") == domain_engine.terms(preset._read(preset.filter_pre_domain))
            and self._get_own_terms() is not None
        )

    @api.model
    def _get_preset_terms(self, preset, value_id=None):
        """Return the conditions of a preset on top of those that any new rule on its model begins with."""
        own = preset._get_terms(value_id)
        paths = {path for path, _operator, _value in own}
        initial = [term for term in self._get_initial_terms(preset.model_name) if term in own or not _asks(term, paths)]
        return [*initial, *(term for term in own if term not in initial)]

    @api.model
    def _get_initial_terms(self, model_name):
        """Return what any new rule on a model begins with, as trees."""
        return domain_engine.terms(ast.literal_eval(self._get_initial_conditions(model_name) or "[]"))

    def _get_lacking_terms(self):
        """Return what any new rule on the model begins with and this one does not ask, as trees; unless it says
        something else of the same field, or cannot be read."""
        try:
            paths = {leaf.path for leaf in expression.leaves(self.filter_domain or "[]")}
        except (SyntaxError, ValueError):
            return []
        return [term for term in self._get_initial_terms(self.model_name) if not _asks(term, paths)]

    def _add_initial_conditions(self):
        """Add that to the conditions of these rules.

        Ready rules do not know which add-ons are there, and what those ask.
        """
        for rule in self:
            if lacking := domain_engine.join(rule._get_lacking_terms()):
                text = (rule.filter_domain or "[]").strip()
                rest = text[1:].lstrip() if text.startswith("[") else "]"  # may be more than plain values
                terms = ", ".join(map(repr, lacking))
                rule.filter_domain = f"[{terms}{'' if rest.startswith(']') else ', '}{rest}"

    def _get_own_terms(self):
        """Return the conditions that a person added to those of the preset, as trees; all without a preset.

        :return: None if the preset's are not among them, or they cannot be read
        """
        found = self._read_terms()
        if found is None or not self.preset_id:
            return found
        preset_terms = self.preset_id._get_terms(self.preset_value.id if self.preset_value else None)
        if any(term not in found for term in preset_terms):
            return None
        known = self._get_preset_terms(self.preset_id, self.preset_value.id if self.preset_value else None)
        return [term for term in found if term not in known]

    def _read_terms(self, fname="filter_domain"):
        """Return what a domain joins by "and", as trees; None if it says more than plain values."""
        try:
            return domain_engine.terms(ast.literal_eval((self[fname] or "[]").strip()))
        except (SyntaxError, ValueError):
            return None

    @api.model
    def _write_terms(self, trees):
        return repr(domain_engine.join(trees)) if trees else False


def _asks(term, paths):
    """Tell whether a term asks one of these fields, which others speak of."""
    return any(leaf[0] in paths for leaf in domain_engine.conditions(domain_engine.join([term])))
