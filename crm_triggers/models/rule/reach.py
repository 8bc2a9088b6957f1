from functools import partial

from odoo import models
from odoo.fields import Domain
from odoo.tools import OrderedSet

HIERARCHY = ("child_of", "parent_of")
EQUALS = ("=", "=?", "in")


class CrmTriggerRule(models.Model):
    """Which related records the conditions of a rule can see: those of its company that its author may open, and in
    lists those not archived.
    """

    _inherit = "crm.trigger.rule"

    def _within_reach(self, domain):
        """Restrict conditions on related records to those a user would see there.

        The superuser would see all companies, and private records: a rule on shared contacts would reveal to its
        author what another company sold them, one on colleagues what they write to each other. And it would see
        archived records, such as done activities, which no list on a screen shows.
        """
        return domain.map_conditions(partial(self._bind, self.env[self.model_name]))

    def _bind(self, model, condition):
        fname, _dot, rest = condition.field_expr.partition(".")
        field, operator, value = model._fields.get(fname), condition.operator, condition.value
        if fname == "id" and operator in HIERARCHY:
            return Domain(fname, operator, self._find_roots(model, value, self._get_seen_domain(model)))
        if field is None or not field.relational:
            return condition
        comodel, seen = self.env[field.comodel_name], self._get_seen_domain_of(field)
        if rest:
            operator, value = "any", Domain(rest, operator, value)
        elif operator not in ("any", "not any"):
            return condition if seen.is_true() else self._bind_value(field, operator, value, seen)
        told = Domain(value)
        there = Domain.TRUE if field.type == "many2one" else _get_there_domain(comodel, told)
        inner = told.map_conditions(partial(self._bind, comodel)) & seen & there
        return condition if inner == told else Domain(fname, operator, inner)

    def _bind_value(self, field, operator, value, seen):
        """Return a condition on a relational field with ids or names, restricted to visible records.

        :param seen: their domain
        """
        if operator in HIERARCHY:
            value = self._find_roots(self.env[field.comodel_name], value, seen)
        return (_ask_of_one if field.type == "many2one" else _ask_of_list)(field.name, operator, value, seen)

    def _get_seen_domain_of(self, field):
        """Return the domain of the records a field leads to that this rule may read."""
        return self._get_company_domain_of(self.env[field.comodel_name]) & self._get_reach_domain_of(field)

    def _get_seen_domain(self, model):
        """Return the domain of the records of a model that this rule may read by themselves."""
        return self._get_company_domain_of(model) & self._get_domain_of_reach(model._name, self._get_reach(model._name))

    def _find_roots(self, model, value, seen):
        """Return the ids from which to go up or down a tree, where a condition names them: Odoo would search the
        names of all records.

        :param value: ids, or parts of names
        :param seen: domain of the records that this rule may read
        """
        ids, names = _split_names(value)
        if not names or seen.is_true():
            return value
        named = Domain.OR(Domain("display_name", "ilike", name) for name in names)
        return [*ids, *self._get_model().env[model._name].search(named & seen).ids]

    def _get_company_domain_of(self, model):
        """Return the domain of the records of a model that this rule may read; users who work in several companies
        are visible in each.
        """
        if not self.company_id or "company_id" not in model or model._name == "res.users":
            return Domain.TRUE
        return Domain("company_id", "in", [False, self.company_id.id])


def _as_list(value):
    return list(value) if isinstance(value, (list, tuple, set, frozenset, OrderedSet)) else [value]


def _split_names(value):
    """Return the ids (or False) and the names in a value of a condition on a relational field, as two lists."""
    values = _as_list(value)
    return [one for one in values if not isinstance(one, str)], [one for one in values if one and isinstance(one, str)]


def _ask_of_one(fname, operator, value, seen):
    """Return a condition on a many2one. The record itself says which one it is, but a search by name also compares
    the address, the reference and the like: only of those that are visible.

    :param seen: domain of the records
    """
    ids, names = _split_names(value)
    negative, positive = _split_operator(operator)
    if not names or not (positive in EQUALS or positive.endswith("like")):
        return Domain(fname, operator, value)
    asked = ("in", names) if positive in EQUALS else (positive, value)
    found = Domain(fname, "any", Domain("display_name", *asked) & seen)
    if ids:
        found |= Domain(fname, "in", ids)
    return ~found if negative else found


def _split_operator(operator):
    """Return whether an operator is a negation, and the one without it."""
    operator = {"==": "=", "<>": "!="}.get(operator, operator)  # Odoo still accepts these
    return operator == "!=" or operator.startswith("not "), "=" if operator == "!=" else operator.removeprefix("not ")


def _get_there_domain(model, told):
    """Return the domain of records that are not archived, unless a domain compares that itself."""
    fname = model._active_name
    if not fname or any(condition.field_expr == fname for condition in told.iter_conditions()):
        return Domain.TRUE
    return Domain(fname, "=", True)


def _ask_of_list(fname, operator, value, there):
    """Return a condition on a list, restricted to those of its lines that are visible; with Odoo's semantics.

    :param there: domain of the lines
    """
    negative, positive = _split_operator(operator)
    values = _as_list(value)
    if positive in ("=", "in"):
        if positive == "in" and value in (False, None):
            values = []  # "in" an empty list matches nothing
        found = _is_one_of(fname, values or ([False] if positive == "=" else []), there)
    elif positive == "=?" and not value:
        return Domain.TRUE
    elif positive.endswith("like") and not value:  # without text, Odoo tests whether there is a line at all
        found = Domain(fname, "not any" if positive.startswith("=") else "any", there)
    elif positive in HIERARCHY:
        found = Domain(fname, "any", Domain("id", positive, value) & there)
    else:
        asked = "display_name" if any(isinstance(one, str) for one in values) else "id"
        found = Domain(fname, "any", Domain(asked, positive, value) & there)
    return ~found if negative else found


def _is_one_of(fname, values, there):
    """Return the domain of the records with a line among the values, by id or name; False stands for no line."""
    names = [one for one in values if isinstance(one, str) and one]
    numbers = [one for one in values if one and not isinstance(one, str)]
    found = Domain.FALSE
    if len(names) + len(numbers) < len(values):
        found |= ~Domain(fname, "any", there)
    if names:
        found |= Domain(fname, "any", Domain("display_name", "in", names) & there)
    if numbers:
        found |= Domain(fname, "any", Domain("id", "in", numbers) & there)
    return found
