import ast

from odoo import api, models
from odoo.tools import OrderedSet

from ...engine import domain as domain_engine
from ...engine import expression, states
from ...engine.decision import Watch, Watcher
from ..isolation import isolated
from ..records.paths import get_path_label

# Columns that are jsonb, or whose text cannot be compared.
UNCOMPARABLE_TYPES = ("html", "binary", "properties", "properties_definition", "json", "reference")
# Columns that hold the very value a domain compares with, if it has this type: not a stage given by its name, a day
# given as text, or tags.
PINNED_TYPES = {"many2one": int, "integer": int, "selection": str, "char": str}


class CrmTriggerRule(models.Model):
    """What a rule watches, and which of its conditions change without any hook seeing it."""

    _inherit = "crm.trigger.rule"

    @api.depends("filter_domain", "exclude_domain", "model_id", "trigger")
    def _compute_unheard_fields(self):
        """List the conditions whose changes no hook sees: on computed fields, on fields of other records, and on
        values that change with time.
        """
        for rule in self:
            paths = []
            if rule._may_be_swept() and rule.model_name in self.env:
                with isolated(self.env.cr.savepoint(flush=False), f"{rule}: its conditions"):
                    paths = rule._get_uncaptured_paths("filter_domain") + rule._get_uncaptured_paths("exclude_domain")
            labels = (get_path_label(self.env, rule.model_name, path) for path in dict.fromkeys(paths))
            rule.unheard_fields = ", ".join(labels)

    def _get_uncaptured_paths(self, fname):
        found = domain_engine.conditions(self._get_domain(fname))
        moving = expression.moving(self[fname] or "[]")
        return [
            path for path, operator, value in found if path in moving or not self._is_captured(path, operator, value)
        ]

    def _is_captured(self, path, operator, value):
        """Return whether it is captured when a condition starts or ceases to be met.

        :param value: what the condition compares with, the same at any time
        """
        field = self.env[self.model_name]._fields.get(path)
        if field is None or not (self._is_captured_column(field) or self._is_captured_relation(field)):
            return False
        if field.relational and not _is_about_ids(operator, value):
            return False
        if path in self.env[self.model_name]._crm_trigger_written_past:
            return False
        relative = isinstance(value, str) and not value[:4].isdigit()  # "today -7d"
        return field.type not in ("date", "datetime") or not relative

    def _is_swept(self):
        """Return whether the clock has to check all records of this rule.

        The state of a record before a change is only known for captured changes.
        """
        return self._may_be_swept() and not self.filter_pre_domain and bool(self.sweep or self.unheard_fields)

    @api.model
    def _get_watch(self):
        """Return ``{model name: Watch}`` of the active rules; plain data, cached per process.

        A model whose rules are all paused has an empty one: their plans end when its records are deleted. So has
        one whose records are linked to those of a rule.
        """
        return self._recall("watch", self._read_watch)

    @api.model
    def _read_watch(self):
        watchers = {}
        # Independent of the user who asks first, who may be looking at archived records.
        system = self.with_env(self.env(su=True, context={}))
        rules = system.search([("state", "in", (*states.ACTIVE, states.PAUSED))])
        active = set(rules.filtered(lambda rule: rule.state != states.PAUSED)._leave_out_switched_off().ids)
        for rule in rules:
            if rule.model_name not in self.env:
                continue
            watchers.setdefault(rule.model_name, [])
            if rule.id not in active:
                continue
            with isolated(self.env.cr.savepoint(flush=False), f"Rule {rule.id}: reading its conditions"):
                watchers[rule.model_name].append(rule._get_watcher())
        watches = {name: self._prepare_watch(name, found) for name, found in watchers.items()}
        return self._add_linked(watches)

    @api.model
    def _get_answerable(self):
        """Return ``{model name: ids of the rules whose runs stop at an answer}``; plain data, cached per process.
        Paused rules are included, as their planned steps wait.
        """
        return self._recall("answerable", self._read_answerable)

    @api.model
    def _read_answerable(self):
        system = self.with_env(self.env(su=True, context={}))
        rules = system.search([("stop_on_answer", "=", True), ("state", "!=", states.DRAFT)])
        grouped = rules.grouped("model_name")
        return {name: list(found.ids) for name, found in grouped.items() if name in self.env}

    def _get_watcher(self):
        """Return what this rule watches."""
        conditions = list(self._get_plain_conditions())
        return Watcher(
            rule_id=self.id,
            trigger=self.trigger,
            fields=self._get_watched_fields(),
            pins=self._get_pins(conditions),
            date_field=self._get_date_field(),
            swept=self._is_swept(),
            above_id=self.above_id,
            unsettled=bool(self.unsettled_since),
            tree=self._get_tree(),
            traits=self._get_trigger_traits(),
        )

    def _get_pins(self, conditions):
        """Return the pins of the conditions; none if their values may change with time."""
        if not all(self._is_constant(fname) for fname in ("filter_domain", "exclude_domain")):
            return {}
        pins = domain_engine.pins(conditions)
        return {fname: values for fname, values in pins.items() if self._is_pinned(fname, values)}

    def _is_constant(self, fname):
        """Return whether a domain evaluates to the same at any time: it contains no names."""
        tree = ast.parse((self[fname] or "[]").strip(), mode="eval")
        return not any(isinstance(node, ast.Name) for node in ast.walk(tree))

    def _is_pinned(self, fname, values):
        """Return whether the raw column can be compared with the values of a domain; translated and
        company-dependent columns hold several values.
        """
        field = self.env[self.model_name]._fields.get(fname)
        plain = field is not None and (fname == "id" or self._is_captured_column(field))
        kind = PINNED_TYPES.get(field.type) if plain else None
        return kind is not None and all(isinstance(value, kind) for value in values)

    @api.model
    def _prepare_watch(self, model_name, watchers):
        model_fields = self.env[model_name]._fields
        looked_at = {
            model_fields[fname]
            for watcher in watchers
            for fname in watcher.fields
            if fname in model_fields and fname != "id"
        }
        return Watch(
            columns=frozenset(field.name for field in looked_at if self._is_captured_column(field)),
            relations=frozenset(field.name for field in looked_at if self._is_written_list(field)),
            watchers=tuple(watchers),
        )

    @api.model
    def _is_captured_relation(self, field):
        """Return whether a field has no column, and is only written through fields, even from the other side."""
        return self._is_written_list(field) and self._get_sources(field) is not None

    @api.model
    def _is_written_list(self, field):
        """Return whether a field has no column, but is written on the record itself."""
        return bool(field.type == "many2many" and field.store and not field.compute)

    @api.model
    def _is_captured_column(self, field):
        """Return whether changes of a field can be detected by comparing its column."""
        return bool(
            field.store
            and field.column_type
            and not field.translate
            and not field.company_dependent
            and field.type not in UNCOMPARABLE_TYPES
        )


def _is_about_ids(operator, value):
    """Return whether a condition only compares which records are linked, not their names or their parents."""
    values = value if isinstance(value, (list, tuple, set, frozenset, OrderedSet)) else [value]
    return operator in ("=", "!=", "in", "not in") and all(isinstance(one, int) for one in values)
