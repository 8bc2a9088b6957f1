import datetime
import time

import dateutil

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval, wrap_module

from ...engine import domain as domain_engine
from ...engine import expression
from ...engine.schedule import to_local
from ..isolation import bounded, isolated
from ..records.paths import check_readable

DOMAIN_FIELDS = ("filter_pre_domain", "filter_domain", "stop_domain", "exclude_domain")

_DATETIME = wrap_module(datetime, ["date", "datetime", "time", "timedelta"])
_RELATIVEDELTA = wrap_module(dateutil.relativedelta, ["relativedelta"])
_TIME = wrap_module(time, ["strftime", "strptime", "time"])


class CrmTriggerRule(models.Model):
    """The conditions of a rule, and the records that meet them."""

    _inherit = "crm.trigger.rule"

    @api.constrains(*DOMAIN_FIELDS, "model_id")
    def _check_domains(self):
        """Evaluate each domain once as the user who writes it, so that errors show immediately, and no rule reveals
        by firing what they may not read.
        """
        for rule in self:
            for fname in DOMAIN_FIELDS:
                errors = []
                with isolated(self.env.cr.savepoint(), f"{rule}: {fname}", errors.append), bounded(self.env.cr):
                    rule._check_condition(rule[fname])
                if errors:
                    raise ValidationError(rule._explain_domain_error(fname, errors[0]))

    def _check_condition(self, text):
        """Check that a condition can be evaluated, and that the user may read everything it can ever read.

        It is evaluated each time, as superuser: what it reads at the time of the check does not tell what it will
        read later.

        :raises Exception: it cannot be evaluated, or the user may not
        """
        model, domain = self._get_readable_model(), self._evaluate(text)
        check_readable(model, expression.leaves(text or "[]"))
        model.search(domain, limit=1)

    def _get_eval_context(self):
        """Return the names a domain may use: dates, in the rule's time zone. No user, no records."""

        def today():  # reads the time zone only if it is used
            return to_local(fields.Datetime.now(), self._get_tz()).date()

        return {
            "datetime": _Dates(today),
            "relativedelta": _RELATIVEDELTA.relativedelta,
            "time": _TIME,
            "context_today": today,
        }

    def _get_domain(self, fname):
        """Return one of the rule's domains, evaluated now; an empty one matches all.

        :raises Exception: any error of the expression
        """
        self.ensure_one()
        return self._evaluate(self[fname])

    def _evaluate(self, text):
        """Return the current domain of an expression.

        :raises Exception: it contains more than values and dates, or fails
        """
        context = self._get_eval_context()
        expression.check(text or "[]", context.keys())
        return Domain(safe_eval(text or "[]", context))

    def _get_conditions(self):
        """Return the domain of the records the rule is for: its conditions, minus its exceptions, within its
        company and the reach of its author; each record is read in its own company where that matters.
        """
        return self._each_in_its_company(self._get_plain_conditions(), self.filter_domain, self.exclude_domain)

    def _get_plain_conditions(self):
        """Return the same as written, to be read in one company."""
        return self._get_own_conditions() & self._get_colleague_domain()

    def _get_own_conditions(self):
        """Return the domain of the records the rule is for, whoever their contact is."""
        self.ensure_one()
        conditions = self._get_domain("filter_domain")
        if self.exclude_domain:
            conditions &= ~self._get_domain("exclude_domain")
        conditions = self._within_reach(conditions)
        archived = self._get_archived_domain(conditions)
        return conditions & archived & self._get_company_domain() & self._get_reach_domain()

    def _get_archived_domain(self, conditions):
        """Exclude archived records, unless the conditions compare them explicitly."""
        model = self.env[self.model_name]
        spoken_of = domain_engine.root_fields(list(conditions))
        if not model._active_name or spoken_of & self._get_archive_fields(self.model_name):
            return Domain.TRUE
        return Domain(model._active_name, "=", True)

    @api.model
    def _get_archive_fields(self, model_name):
        """Return the fields that mark archived records: ``active``, and ``_crm_trigger_archive_fields`` of a model
        whose records are archived by a business operation.
        """
        model = self.env[model_name]
        return {model._active_name, *model._crm_trigger_archive_fields}

    def _get_company_domain(self):
        return self._get_company_domain_of(self.env[self.model_name])

    def _get_elsewhere(self, records):
        """Return the ids of the records of another company than the rule's, or that its author may not open, as a
        set.

        The rule does not apply to such a record, even if it no longer meets the conditions.
        """
        elsewhere = set(records._ids) - set(self._search_within(records)._ids)
        if not self.company_id or "company_id" not in records:
            return elsewhere
        return elsewhere | {record.id for record in records if record.company_id.id not in (False, self.company_id.id)}

    def _search_within(self, records):
        """Return those of the records that the author of this rule may open."""
        reach = self._get_reach_domain()
        return records if reach.is_true() else self._get_model().search(reach & Domain("id", "in", records.ids))

    def _get_colleague_domain(self):
        """Override to exclude colleagues on a model without a contact."""
        path = self.env["crm.trigger.run"]._get_partner_field(self.model_name)
        if not self.exclude_internal or path is None:
            return Domain.TRUE
        return self._get_no_colleague_domain(path)

    @api.model
    def _get_no_colleague_domain(self, path):
        """Return the domain of the records whose contact, at the end of ``path``, is not an internal user.

        A user who left no longer counts as one. The superuser is always archived, and is not a customer.
        """
        users = "user_ids" if path == "id" else f"{path}.user_ids"
        there = ["|", ("active", "=", True), ("id", "=", SUPERUSER_ID)]
        return ~Domain(users, "any", [("share", "=", False), *there])

    def _search_matching(self, res_ids):
        """Return which of the ids meet the conditions, as a set; one query."""
        if not res_ids:
            return set()
        return self._search_among(res_ids, self._get_plain_conditions(), self.filter_domain, self.exclude_domain)

    def _search_stopped(self, res_ids):
        """Return which of the ids meet the "stop when" condition, as a set."""
        if not self.stop_domain or not res_ids:
            return set()
        return self._search_among(res_ids, self._within_reach(self._get_domain("stop_domain")), self.stop_domain)


class _Day:
    """The date class in conditions: today is in the rule's time zone."""

    min, max = datetime.date.min, datetime.date.max

    def __init__(self, today):
        self.today = today

    def __call__(self, *args, **kwargs):
        return datetime.date(*args, **kwargs)


class _Dates:
    """The ``datetime`` module in conditions."""

    datetime, time, timedelta = _DATETIME.datetime, _DATETIME.time, _DATETIME.timedelta

    def __init__(self, today):
        self.date = _Day(today)
