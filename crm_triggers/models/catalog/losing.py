from odoo import api, models
from odoo.fields import Domain

# Fields a rule or a step can do without.
SPARED = ("action_id", "preset_id", "rule_id")
# Attributes of a model, declared by an add-on that did not create it, and needed by steps.
SAID = ("_crm_trigger_document", "_crm_trigger_opportunity", "_crm_trigger_partner")


class CrmTriggerRule(models.Model):
    """What rules lose when add-ons are uninstalled, as text."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_losses(self, lost):
        """Return ``{rule: [(add-on, loss as text)]}``: of all rules created by users. Templates and rules that are
        deleted themselves are left out.

        :param lost: ``Lost``
        """
        mine = Domain("is_template", "=", False) & Domain("id", "not in", list(lost.records.get(self._name, ())))
        rules = self.sudo().with_context(active_test=False).search(mine)
        losses = {rule: rule._get_own_losses(lost) for rule in rules}
        return {rule: found for rule, found in losses.items() if found}

    def _get_own_losses(self, lost):
        return list(dict.fromkeys(self._find_losses(lost)))

    def _find_losses(self, lost):
        """Yield ``(add-on, loss)`` of this rule, twice if it is used twice."""
        if addon := lost.models.get(self.model_name):
            yield addon, self.env._("its type of record, “%s”", self.model_id.name)
            return  # and everything with it
        if addon := self._find_lost_words(lost):
            yield addon, self.env._("what triggers know of “%s”", self.model_id.name)
        yield from self._find_lost_choices(self, lost)
        yield from self._find_lost_records(self, lost)
        for step in self.step_ids:
            if addon := step._get_losing(lost):
                yield addon, self.env._("the step “%s”", step.name)
                continue
            for owner in (step, step.action_id, *step.action_id.child_ids):
                yield from self._find_lost_choices(owner, lost)
                yield from self._find_lost_records(owner, lost)
        for use in self._get_uses():
            yield from self._find_lost_use(*use, lost)

    def _find_lost_words(self, lost):
        """Return the add-on that declares what steps need of this rule's model, if it is removed."""
        model = self.env.registry.get(self.model_name)
        for parent in model.mro() if model else ():
            if getattr(parent, "_module", None) in lost.addons and not vars(parent).keys().isdisjoint(SAID):
                return parent._module
        return None

    def _find_lost_choices(self, owner, lost):
        for (model_name, fname, value), addon in lost.choices.items():
            if model_name == owner._name and fname in owner._fields and owner[fname] == value:
                yield addon, _quote_choice(owner._fields[fname], value, self.env)

    def _find_lost_records(self, owner, lost):
        for fname, field in owner._fields.items():
            if not (field.store and field.type in ("many2one", "many2many")) or fname in SPARED:
                continue
            gone = not field.comodel_name.startswith("ir.") and lost.records.get(field.comodel_name)
            for record in owner[fname] if gone else ():
                if record.id in gone:
                    yield gone[record.id], f"“{record.display_name}”"

    def _find_lost_use(self, field, _operator, value, lost):
        """Yield what is lost of a field used by a condition, a date or a step, or of the values compared."""
        if addon := lost.fields.get((field.model_name, field.name)):
            yield addon, self.env._("the field “%s”", field._description_string(self.env))
            return
        gone = lost.records.get(field.comodel_name, {}) if field.relational else {}
        for one in value if isinstance(value, (list, tuple, set, frozenset)) else [value]:
            if addon := lost.choices.get((field.model_name, field.name, one)):
                yield addon, _quote_choice(field, one, self.env)
            elif gone and str(one).isdigit() and int(one) in gone:
                yield gone[int(one)], f"“{self.env[field.comodel_name].sudo().browse(int(one)).display_name}”"

    @api.model
    def _name_addons(self, names):
        """Return the display names of add-ons, with their technical names."""
        modules = self.env["ir.module.module"].sudo().search([("name", "in", list(names))])  # not confidential
        called = {module.name: module.shortdesc for module in modules}
        return ", ".join(f"“{called[name]}” ({name})" if called.get(name) else f"“{name}”" for name in sorted(names))


def _quote_choice(field, value, env):
    return f"“{dict(field._description_selection(env)).get(value, value)}”"
