from functools import partial

from odoo import api, models

from ...engine import domain as domain_engine
from ...engine import states
from ..compat import clear_caches

# Columns of steps needed to decide and plan; those of the rule are declared by its kind of trigger.
STEP_FIELDS = (
    "delay_count",
    "delay_from",
    "delay_unit",
    "kind",
    "rule_id",
    "sequence",
    "target",
    "working_time",
)
OPERATORS = ("=", "!=", "in", "not in")


class CrmTriggerRule(models.Model):
    """What a process caches of the active rules, so that a save need not read it.

    Cleared with the registry's cache: when a rule, a step, a company or its time zone is written
    (``_clear_rules``).
    """

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_cached_rules(self):
        """Return ``{rule id: [(model name, record ids, {field: values in the cache})]}``; plain data."""
        return self._recall("rules", self._read_rules)

    @api.model
    def _read_rules(self):
        system = self.with_env(self.env(su=True, context={}))
        rules = system.search([("state", "in", states.ACTIVE), ("model_name", "in", list(self.env))])
        return {rule.id: rule._prepare_cache() for rule in rules}

    def _prepare_cache(self):
        company = self._get_counting_company()
        parts = [
            (self, self._get_cached_fields()),
            (self.step_ids, STEP_FIELDS),
            (self.user_id, ["company_id"]),
            (company, ["partner_id", "resource_calendar_id"]),
            (company.partner_id, ["tz"]),
            (company.resource_calendar_id, ["tz"]),
        ]
        return [(records._name, records._ids, _get_cached(records, fnames)) for records, fnames in parts if records]

    def _fill_cache(self):
        """Put the known values of this rule into the cache; existing values, maybe just written, are kept."""
        for model_name, ids, columns in self._get_cached_rules().get(self.id, ()):
            records = self.env[model_name].browse(ids)
            for fname, values in columns.items():
                records._fields[fname]._insert_cache(records, values)

    def _clear_rules(self):
        """Clear what every process caches of rules.

        Until the commit only this transaction sees its changes. After it the caches are cleared again: another
        thread may have filled them in between with the old values.
        """
        clear_caches(self.env)
        number = self._begin_edition()
        self.env.cr.postcommit.add(partial(self._note_committed, number))

    def _get_tree(self):
        """Return the rule's conditions as a tree (``engine.domain.holds``) if columns of the record alone determine
        them at any time; else None.
        """
        if not all(self._is_constant(fname) for fname in ("filter_domain", "exclude_domain")):
            return None
        conditions, colleague = list(self._get_own_conditions()), self._get_colleague_domain()
        if not all(self._is_settled(*condition) for condition in domain_engine.conditions(conditions)):
            return None
        tree = domain_engine.parse(conditions)
        if colleague.is_true():
            return tree
        path = self.env["crm.trigger.run"]._get_partner_field(self.model_name)
        if path is None or colleague != self._get_no_colleague_domain(path) or not self._is_raw(path):
            return None  # an add-on has another definition of colleagues
        return ("&", [tree, (path, "not in", self._get_colleague_ids())])

    def _is_raw(self, path):
        field = self.env[self.model_name]._fields.get(path)
        return field is not None and (path == "id" or self._is_captured_column(field))

    def _is_settled(self, path, operator, value):
        """Return whether a condition evaluates on a raw column as in PostgreSQL."""
        values = value if operator in ("in", "not in") else [value]
        if operator not in OPERATORS or not self._is_raw(path) or not isinstance(values, (list, tuple, set, frozenset)):
            return False
        kind = self.env[self.model_name]._fields[path].type
        if kind == "boolean":
            return all(isinstance(one, bool) for one in values)
        return all(
            kind == "many2one" if one is False else one and one is not True and self._is_pinned(path, [one])
            for one in values
        )

    @api.model
    def _get_colleague_ids(self):
        """Return the ids of the contacts that are internal users, as a frozenset."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        return frozenset(partners._search(~self._get_no_colleague_domain("id")).get_result_ids())


def _get_cached(records, fnames):
    """Return ``{field: values in cache format}``, in the order of the records."""
    return {
        fname: [one._fields[fname].convert_to_cache(one[fname], one, validate=False) for one in records]
        for fname in fnames
    }
