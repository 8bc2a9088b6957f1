from functools import partial

from odoo import models
from odoo.fields import Domain


class CrmTriggerRule(models.Model):
    """Which of the records that others lead to the conditions of a rule see: those of its company that
    its author may open, and of lists what is not archived."""

    _inherit = "crm.trigger.rule"

    def _within_reach(self, domain):
        """Bind the conditions on what other records say to those that a person would see there.

        The system would see all companies, and what is each person's own: a rule on contacts that several
        companies share would tell its maker what another company sold to them, one on colleagues what
        they write to one another. And it would see what is archived, an
        activity that is done for instance, which no list on a screen shows.
        """
        return domain.map_conditions(partial(self._bind, self.env[self.model_name]))

    def _bind(self, model, condition):
        fname, _dot, rest = condition.field_expr.partition(".")
        field, operator, value = model._fields.get(fname), condition.operator, condition.value
        if field is None or not field.relational:
            return condition
        comodel = self.env[field.comodel_name]
        seen, is_list = self._get_seen_domain_of(field), field.type != "many2one"
        if rest:
            operator, value = "any", Domain(rest, operator, value)
        elif operator not in ("any", "not any"):
            if seen.is_true() or not is_list:
                return condition  # which one it is, the record itself says
            operator, value = _ask_of_list(operator, value)
            return Domain(fname, operator, value & seen)
        told = Domain(value)
        there = _get_there_domain(comodel, told) if is_list else Domain.TRUE
        inner = told.map_conditions(partial(self._bind, comodel)) & seen & there
        return condition if inner == told else Domain(fname, operator, inner)

    def _get_seen_domain_of(self, field):
        """Return the domain of the records that a field leads to and this rule may look at."""
        return self._get_company_domain_of(self.env[field.comodel_name]) & self._get_reach_domain_of(field)

    def _get_company_domain_of(self, model):
        """Return the domain of the records of a model that this rule may look at; who works in several
        companies is known in each."""
        if not self.company_id or "company_id" not in model or model._name == "res.users":
            return Domain.TRUE
        return Domain("company_id", "in", [False, self.company_id.id])


def _get_there_domain(model, told):
    """Return the domain of what is not archived, unless a domain speaks of that itself."""
    fname = model._active_name
    if not fname or any(condition.field_expr == fname for condition in told.iter_conditions()):
        return Domain.TRUE
    return Domain(fname, "=", True)


def _ask_of_list(operator, value):
    """Return what a condition on a list asks of its lines: ``(any | not any, domain)``."""
    negative = operator == "!=" or operator.startswith("not ")
    values = [value] if isinstance(value, (str, int)) or value is None else list(value)
    if values and not any(values):  # that the list is empty
        return "any" if negative else "not any", Domain.TRUE
    fname = "display_name" if any(isinstance(one, str) for one in values) else "id"
    positive = "=" if operator == "!=" else operator.removeprefix("not ")
    return "not any" if negative else "any", Domain(fname, positive, value)
