from odoo import api, models
from odoo.fields import Domain

# What a rule or a step does as well without.
SPARED = ("action_id", "preset_id", "rule_id")
# What an add-on says of a kind of record that it did not bring, and steps cannot do without.
SAID = ("_crm_trigger_document", "_crm_trigger_opportunity", "_crm_trigger_partner")


class CrmTriggerRule(models.Model):
    """What rules lose when add-ons are uninstalled, in words."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_losses(self, lost):
        """Return ``{rule: [(add-on, what it loses, in words)]}``: rules of people, whoever made them. Ready rules and
        what goes along itself are left out.

        :param lost: ``Lost``
        """
        mine = Domain("is_template", "=", False) & Domain("id", "not in", list(lost.records.get(self._name, ())))
        rules = self.sudo().with_context(active_test=False).search(mine)
        losses = {rule: rule._get_own_losses(lost) for rule in rules}
        return {rule: found for rule, found in losses.items() if found}

    def _get_own_losses(self, lost):
        return list(dict.fromkeys(self._find_losses(lost)))

    def _find_losses(self, lost):
        """Yield ``(add-on, what this rule loses)``, more than once where it needs it twice."""
        if addon := lost.models.get(self.model_name):
            yield addon, self.env._("its type of record, “%s”", self.model_id.name)
            return  # and all with it
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
        """Return the add-on that says what the kind of record of this rule needs for its steps, if it goes."""
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
        """Yield what is lost of a field that a condition, a date or a step uses, or of the values it asks for."""
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
        """Return what people call add-ons, with their technical names."""
        modules = self.env["ir.module.module"].sudo().search([("name", "in", list(names))])  # no secret
        called = {module.name: module.shortdesc for module in modules}
        return ", ".join(f"“{called[name]}” ({name})" if called.get(name) else f"“{name}”" for name in sorted(names))


def _quote_choice(field, value, env):
    return f"“{dict(field._description_selection(env)).get(value, value)}”"
