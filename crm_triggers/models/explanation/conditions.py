from collections import defaultdict

from odoo import api, models

from ..records.paths import get_field_at, get_path_label

MOST_CONDITIONS = 3  # records named in a sentence; further ones are counted
MOST_VALUES = 3


class CrmTriggerRule(models.Model):
    """Conditions as text, if they are short enough."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_names(self, terms_by_rule):
        """Return ``{model name: {id: name}}`` of the records used in conditions; a few queries for all rules.
        Records the user may not read are not named, even with sudo.

        :param dict terms_by_rule: ``{rule: trees of engine.domain}``
        """
        ids = defaultdict(set)
        for rule, terms in terms_by_rule.items():
            for path, _operator, value in (term for term in terms if rule._is_describable(term)):
                field = get_field_at(self.env, rule.model_name, path)
                if field is not None and field.comodel_name:
                    ids[field.comodel_name].update(one for one in _as_list(value) if type(one) is int)
        names = {}
        for model_name, named in ids.items():
            there = self.env[model_name].sudo(False).browse(named).exists()
            names[model_name] = {one.id: one.display_name for one in there._filtered_access("read")}
        return names

    def _is_describable(self, term):
        return not isinstance(term, bool) and len(term) == 3 and self.model_name in self.env

    def _describe_terms(self, terms, names):
        """Return conditions as text, joined by "and"; empty without any.

        :param list terms: trees of ``engine.domain``
        :param dict names: as of :meth:`_get_names`
        """
        phrases = [self._describe_term(term, names) for term in terms]
        said = [phrase for phrase in phrases if phrase][:MOST_CONDITIONS]
        count = len(phrases) - len(said)
        if count and said:
            said.append(self.env._("1 more condition") if count == 1 else self.env._("%s more conditions", count))
        elif count:
            return self.env._("1 condition is met") if count == 1 else self.env._("%s conditions are met", count)
        return self._join_by_and(said)

    def _join_by_and(self, phrases):
        *first, last = phrases or [""]
        return self.env._("%(first)s and %(last)s", first=", ".join(first), last=last) if first else last

    def _describe_term(self, term, names):
        """Return one condition as text, None if it would be too long."""
        if not self._is_describable(term):
            return None
        path, operator, value = term
        field = get_field_at(self.env, self.model_name, path)
        if field is None:
            return None
        label = get_path_label(self.env, self.model_name, path)
        if value is False or value is None:
            return self._describe_emptiness(field, label, operator)
        if field.type == "boolean":
            return self.env._("“%s” is ticked", label)
        return self._describe_comparison(field, label, operator, self._describe_values(field, _as_list(value), names))

    def _describe_emptiness(self, field, label, operator):
        if operator not in ("=", "!="):
            return None
        if field.type == "boolean":
            return self.env._("“%s” is not ticked", label) if operator == "=" else self.env._("“%s” is ticked", label)
        return self.env._("“%s” is empty", label) if operator == "=" else self.env._("“%s” is filled in", label)

    def _describe_comparison(self, field, label, operator, values):
        if values is None:
            return None
        words = {"field": label, "value": values}
        if operator in ("=", "in"):
            return self.env._("“%(field)s” is %(value)s", **words)
        if operator in ("!=", "not in"):
            return self.env._("“%(field)s” is not %(value)s", **words)
        if operator in (">", ">="):
            return (
                self.env._("“%(field)s” is from %(value)s", **words)
                if operator == ">="
                else self.env._("“%(field)s” is above %(value)s", **words)
            )
        if operator in ("<", "<="):
            return (
                self.env._("“%(field)s” is up to %(value)s", **words)
                if operator == "<="
                else self.env._("“%(field)s” is below %(value)s", **words)
            )
        return self.env._("“%(field)s” contains %(value)s", **words) if operator in ("ilike", "like") else None

    def _describe_values(self, field, values, known):
        """Return values as displayed, joined by "or"; None for too many values, or for dates like "today -7d"."""
        if not values or len(values) > MOST_VALUES or field.type in ("date", "datetime"):
            return None
        if field.type == "selection":
            choices = dict(field._description_selection(self.env))
            names = [choices.get(value) for value in values]
        elif field.comodel_name:
            if not all(type(value) is int for value in values):
                return None
            names = [known[field.comodel_name].get(value) for value in values]
        else:
            names = [str(value) for value in values]
        if not all(names) or len(names) < len(values):
            return None
        *first, last = names
        return self.env._("%(first)s or %(last)s", first=", ".join(first), last=last) if first else last


def _as_list(value):
    return value if isinstance(value, (list, tuple)) else [value]
