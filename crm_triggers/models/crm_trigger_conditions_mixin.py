import datetime
import time
from functools import partial

import dateutil

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval, wrap_module

from ..engine import domain as domain_engine
from ..engine import expression, states
from ..engine.schedule import to_local
from .isolation import bounded, isolated

DOMAIN_FIELDS = ("filter_pre_domain", "filter_domain", "stop_domain", "exclude_domain")

_DATETIME = wrap_module(datetime, ["date", "datetime", "time", "timedelta"])
_RELATIVEDELTA = wrap_module(dateutil.relativedelta, ["relativedelta"])
_TIME = wrap_module(time, ["strftime", "strptime", "time"])


class CrmTriggerConditionsMixin(models.AbstractModel):
    """What a rule looks at: its domains, and who matches them."""

    _name = "crm.trigger.conditions.mixin"
    _description = "Conditions of Trigger Rules"

    @api.constrains(*DOMAIN_FIELDS, "model_id")
    def _check_domains(self):
        """Run each domain once as who writes it, so that a mistake shows when it is made, and
        nobody learns by a rule that fires what he may not read."""
        for rule in self:
            for fname in DOMAIN_FIELDS:
                errors = []
                with isolated(self.env.cr.savepoint(), f"{rule}: {fname}", errors.append), bounded(self.env.cr):
                    rule._get_readable_model().search(rule._get_domain(fname), limit=1)
                if errors:
                    raise ValidationError(rule._explain_domain_error(fname, errors[0]))

    def _get_model(self):
        """Return the rule's model, as the system sees it: archived records (lost leads) too."""
        return self.env[self.model_name].sudo().with_context(active_test=False)

    def _get_readable_model(self):
        """Return the rule's model as the user himself sees it; constraints run as the system."""
        return self._get_model().sudo(False)

    def _get_eval_context(self):
        """Return what a domain may use: dates, in the rule's zone. No user, no records."""
        return {
            "datetime": _DATETIME,
            "relativedelta": _RELATIVEDELTA.relativedelta,
            "time": _TIME,
            "context_today": lambda: to_local(fields.Datetime.now(), self._get_tz()).date(),  # reads only if named
        }

    def _get_domain(self, fname):
        """Return one of the rule's domains, evaluated now; an empty one matches all.

        :raises Exception: whatever the expression raises
        """
        self.ensure_one()
        return self._evaluate(self[fname])

    def _evaluate(self, text):
        """Return the domain that an expression says now.

        :raises Exception: it says more than values and dates, or whatever it raises
        """
        context = self._get_eval_context()
        expression.check(text or "[]", context.keys())
        return Domain(safe_eval(text or "[]", context))

    def _get_conditions(self):
        """Return the domain of the records the rule cares for: its conditions, minus its
        exceptions, within its company."""
        return self._get_own_conditions() & self._get_colleague_domain()

    def _get_own_conditions(self):
        """Return the domain of the records the rule cares for, whoever their contact is."""
        self.ensure_one()
        conditions = self._get_domain("filter_domain")
        if self.exclude_domain:
            conditions &= ~self._get_domain("exclude_domain")
        conditions = self._within_company(conditions)
        archived = self._get_archived_domain(conditions)
        return conditions & archived & self._get_company_domain()

    def _within_company(self, domain):
        """Let conditions see, of the records that others lead to, those of the rule's company only.

        The system would see all of them: a rule on contacts that several companies share would
        tell its maker what another company sold to them.
        """
        if not self.company_id:
            return domain
        return domain.map_conditions(partial(self._bind_to_company, self.env[self.model_name]))

    def _bind_to_company(self, model, condition):
        fname, _dot, rest = condition.field_expr.partition(".")
        field, operator, value = model._fields.get(fname), condition.operator, condition.value
        if field is None or not field.relational:
            return condition
        comodel = self.env[field.comodel_name]
        company_domain = self._get_company_domain_of(comodel)
        if rest:
            operator, value = "any", Domain(rest, operator, value)
        elif operator not in ("any", "not any"):
            if company_domain.is_true() or field.type == "many2one":
                return condition  # which one it is, the record itself says
            operator, value = _ask_of_list(operator, value)
        inner = Domain(value).map_conditions(partial(self._bind_to_company, comodel))
        return Domain(fname, operator, inner & company_domain)

    def _get_company_domain_of(self, model):
        """Return the domain of the records of a model that this rule may look at; who works in several
        companies is known in each."""
        if "company_id" not in model or model._name == "res.users":
            return Domain.TRUE
        return Domain("company_id", "in", [False, self.company_id.id])

    def _get_archived_domain(self, conditions):
        """Leave archived records alone, unless the conditions speak of them themselves."""
        model = self.env[self.model_name]
        spoken_of = domain_engine.root_fields(list(conditions))
        if not model._active_name or spoken_of & self._get_archive_fields(self.model_name):
            return Domain.TRUE
        return Domain(model._active_name, "=", True)

    @api.model
    def _get_archive_fields(self, model_name):
        """Return the fields that tell an archived record from another.

        Override for a model whose records are archived by a business operation.
        """
        return {self.env[model_name]._active_name} | (
            {"won_status", "lost_reason_id"} if model_name == "crm.lead" else set()
        )

    def _get_company_domain(self):
        return self._get_company_domain_of(self.env[self.model_name]) if self.company_id else Domain.TRUE

    def _get_elsewhere(self, records):
        """Return the ids of the records that belong to another company than the rule's, as a set.

        Such a record is no affair of the rule, whatever it says of conditions that no longer hold.
        """
        if not self.company_id or "company_id" not in records:
            return set()
        return {record.id for record in records if record.company_id.id not in (False, self.company_id.id)}

    def _get_colleague_domain(self):
        """Override to recognize colleagues on a model without a contact."""
        path = self.env["crm.trigger.run"]._get_partner_field(self.model_name)
        if not self.exclude_internal or path is None:
            return Domain.TRUE
        return self._get_no_colleague_domain(path)

    @api.model
    def _get_no_colleague_domain(self, path):
        """Return the domain of the records whose contact, at the end of ``path``, is no internal user."""
        users = "user_ids" if path == "id" else f"{path}.user_ids"
        return ~Domain(users, "any", [("share", "=", False)])

    def _search_matching(self, res_ids):
        """Return which of the ids meet the conditions, as a set; one query."""
        if not res_ids:
            return set()
        domain = Domain("id", "in", list(res_ids)) & self._get_conditions()
        return set(self._get_model().search(domain, order="id")._ids)

    def _search_running(self, res_ids):
        """Return which of the ids are in this rule right now, as a set."""
        domain = [("rule_id", "=", self.id), ("res_id", "in", res_ids), ("state", "=", states.RUNNING)]
        return set(self.env["crm.trigger.run"].search(domain).mapped("res_id"))


def _ask_of_list(operator, value):
    """Return what a condition on a list asks of its lines: ``(any | not any, domain)``."""
    negative = operator == "!=" or operator.startswith("not ")
    values = [value] if isinstance(value, (str, int)) or value is None else list(value)
    if values and not any(values):  # that the list is empty
        return "any" if negative else "not any", Domain.TRUE
    fname = "display_name" if any(isinstance(one, str) for one in values) else "id"
    positive = "=" if operator == "!=" else operator.removeprefix("not ")
    return "not any" if negative else "any", Domain(fname, positive, value)
