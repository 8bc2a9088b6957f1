import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import domain as domain_engine
from ...engine import expression


class CrmTriggerRule(models.Model):
    """Choosing what starts a rule in sales terms, instead of by model, trigger and domain."""

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
        """Fill in the values of the preset; a rule without a name takes its name."""
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
        """Return the values of a preset whose record is still to be chosen."""
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
        """Put the chosen record into the conditions, and keep those the user added."""
        if not self.preset_id.value_model:
            return
        known = self._get_preset_terms(self.preset_id, self.preset_value.id if self.preset_value else None)
        chosen = [term[:2] for term in self.preset_id._get_terms(value_id=1)]
        own = [term for term in self._read_terms() or () if term not in known and term[:2] not in chosen]
        self.filter_domain = self._write_terms([*known, *own])

    @api.onchange("model_id", "trigger", "filter_domain", "filter_pre_domain")
    def _onchange_definition(self):
        """Clear the preset of a rule that no longer has its values."""
        if self.preset_id and not self._is_as_preset():
            self.preset_id = self.preset_value = False

    def _get_event_name(self):
        """Return the name of the preset, as long as the rule has its values."""
        return self.preset_id.name if self.preset_id and self._is_as_preset() else super()._get_event_name()

    def _is_as_preset(self):
        """Return whether this rule still has the values of its preset."""
        preset = self.preset_id
        return (
            self.model_id.model == preset.model_name
            and self.trigger == preset.trigger
            and self._read_terms("filter_pre_domain") == domain_engine.terms(preset._read(preset.filter_pre_domain))
            and self._get_own_terms() is not None
        )

    @api.model
    def _get_preset_terms(self, preset, value_id=None):
        """Return the conditions of a preset in addition to the initial conditions of its model."""
        own = preset._get_terms(value_id)
        paths = {path for path, _operator, _value in own}
        initial = [term for term in self._get_initial_terms(preset.model_name) if term in own or not _asks(term, paths)]
        return [*initial, *(term for term in own if term not in initial)]

    @api.model
    def _get_initial_terms(self, model_name):
        """Return the initial conditions of new rules on a model, as trees."""
        return domain_engine.terms(ast.literal_eval(self._get_initial_conditions(model_name) or "[]"))

    def _get_lacking_terms(self):
        """Return the initial conditions of the model that this rule lacks, as trees; unless it has another
        condition on the same field, or cannot be parsed.
        """
        try:
            paths = {leaf.path for leaf in expression.leaves(self.filter_domain or "[]")}
        except (SyntaxError, ValueError):
            return []
        return [term for term in self._get_initial_terms(self.model_name) if not _asks(term, paths)]

    def _add_initial_conditions(self):
        """Add the missing initial conditions to these rules.

        Templates do not know which add-ons are installed, and which conditions those add.
        """
        for rule in self:
            if lacking := domain_engine.join(rule._get_lacking_terms()):
                text = (rule.filter_domain or "[]").strip()
                rest = text[1:].lstrip() if text.startswith("[") else "]"  # may contain more than plain values
                terms = ", ".join(map(repr, lacking))
                rule.filter_domain = f"[{terms}{'' if rest.startswith(']') else ', '}{rest}"

    def _get_own_terms(self):
        """Return the conditions that a user added to those of the preset, as trees; all without a preset.

        :return: None if the preset's are not among them, or they cannot be parsed
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
        """Return the terms joined by "and" in a domain, as trees; None if it contains more than plain values."""
        try:
            return domain_engine.terms(ast.literal_eval((self[fname] or "[]").strip()))
        except (SyntaxError, ValueError):
            return None

    @api.model
    def _write_terms(self, trees):
        return repr(domain_engine.join(trees)) if trees else False


def _asks(term, paths):
    """Return whether a term reads one of these fields."""
    return any(leaf[0] in paths for leaf in domain_engine.conditions(domain_engine.join([term])))
