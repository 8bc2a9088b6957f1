import ast
import datetime
import time

import dateutil

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache
from odoo.tools.safe_eval import safe_eval, wrap_module

from ..engine import domain as domain_engine
from ..engine import expression, states
from ..engine.decision import Listener, Watch
from ..engine.schedule import to_local
from .isolation import bounded, isolated

DOMAIN_FIELDS = ("filter_pre_domain", "filter_domain", "stop_domain", "exclude_domain")
# Columns that are jsonb, or whose text says nothing when compared.
UNHEARD_TYPES = ("html", "binary", "properties", "properties_definition", "json", "reference")
# Columns that hold the very value a domain compares with, if that is of this type: not a
# stage given by its name, a day given as text, or tags.
PINNED_TYPES = {"many2one": int, "integer": int, "selection": str, "char": str}

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

    @api.depends("filter_domain", "exclude_domain", "model_id", "trigger")
    def _compute_unheard_fields(self):
        """Name the conditions whose changes nobody can hear: what is computed on the fly, what
        is written on another record, and what the mere passing of time changes."""
        for rule in self:
            unheard = []
            if rule.trigger == "match" and rule.model_name in self.env:
                with isolated(self.env.cr.savepoint(flush=False), f"{rule}: its conditions"):
                    unheard = rule._get_unheard_paths("filter_domain") + rule._get_unheard_paths("exclude_domain")
            rule.unheard_fields = ", ".join(map(rule._get_path_label, dict.fromkeys(unheard)))

    def _get_unheard_paths(self, fname):
        found = domain_engine.conditions(self._get_domain(fname))
        fixed = self._is_constant(fname)
        return [path for path, _operator, value in found if not self._is_heard(path, value, fixed)]

    def _is_heard(self, path, value, fixed):
        """Tell whether the ear notices when a condition begins or ceases to hold.

        :param value: what the condition compares with
        :param fixed: the domain is the same at any time
        """
        field = self.env[self.model_name]._fields.get(path)
        if field is None or not (self._is_heard_column(field) or self._is_heard_relation(field)):
            return False
        relative = isinstance(value, str) and not value[:4].isdigit()  # "today -7d"
        return field.type not in ("date", "datetime") or (fixed and not relative)

    def _is_swept(self):
        """Tell whether the clock has to look at all records of this rule.

        What a record met before a change is only known of changes that are heard.
        """
        return self.trigger == "match" and not self.filter_pre_domain and bool(self.sweep or self.unheard_fields)

    def _get_path_label(self, path):
        """Return a path in the words on screen: "Contact > Country"."""
        model, labels = self.env[self.model_name], []
        for fname in path.split("."):
            field = model._fields.get(fname) if model is not None else None
            labels.append(field._description_string(self.env) if field is not None else fname)
            model = self.env[field.comodel_name] if field is not None and field.comodel_name else None
        return " > ".join(labels)

    def _get_model(self):
        """Return the rule's model, as the system sees it: archived records (lost leads) too."""
        return self.env[self.model_name].sudo().with_context(active_test=False)

    def _get_readable_model(self):
        """Return the rule's model as the user himself sees it; constraints run as the system."""
        return self._get_model().sudo(False)

    def _get_eval_context(self):
        """Return what a domain may use: dates, in the rule's zone. No user, no records."""
        today = to_local(fields.Datetime.now(), self._get_tz())
        return {
            "datetime": _DATETIME,
            "relativedelta": _RELATIVEDELTA.relativedelta,
            "time": _TIME,
            "context_today": lambda: today.date(),
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
        self.ensure_one()
        conditions = self._get_domain("filter_domain")
        if self.exclude_domain:
            conditions &= ~self._get_domain("exclude_domain")
        archived = self._get_archived_domain(conditions)
        return conditions & archived & self._get_company_domain() & self._get_colleague_domain()

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
        if not self.company_id or "company_id" not in self.env[self.model_name]:
            return Domain.TRUE
        return Domain("company_id", "in", [False, self.company_id.id])

    def _get_elsewhere(self, records):
        """Return the ids of the records that belong to another company than the rule's, as a set.

        Such a record is no affair of the rule, whatever it says of conditions that no longer hold.
        """
        return set(records.ids) - set(records.filtered_domain(self._get_company_domain())._ids)

    def _get_colleague_domain(self):
        """Override to recognize colleagues on a model without a contact."""
        path = self.env["crm.trigger.run"]._get_partner_field(self.model_name)
        if not self.exclude_internal or path is None:
            return Domain.TRUE
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

    @api.model
    @ormcache()
    def _get_watch(self):
        """Return ``{model name: Watch}`` of the listening rules; plain data, cached per process.

        A model whose rules are all paused has an empty one: their plans end with its records.
        """
        listeners = {}
        for rule in self.sudo().with_context(lang=None).search([("state", "in", (*states.LISTENING, states.PAUSED))]):
            if rule.model_name not in self.env:
                continue
            listeners.setdefault(rule.model_name, [])
            if rule.state == states.PAUSED:
                continue
            with isolated(self.env.cr.savepoint(flush=False), f"Rule {rule.id}: reading its conditions"):
                listeners[rule.model_name].append(rule._get_listener())
        return {name: self._prepare_watch(name, found) for name, found in listeners.items()}

    def _get_listener(self):
        """Return what this rule looks at."""
        conditions = list(self._get_conditions())
        looked_at = domain_engine.root_fields(conditions)
        for fname in ("filter_pre_domain", "stop_domain"):
            looked_at |= domain_engine.root_fields(list(self._get_domain(fname)))
        date_field = self.trg_date_id.name if self.trigger == "date" else None
        return Listener(
            rule_id=self.id,
            trigger=self.trigger,
            fields=looked_at | ({date_field} if date_field else frozenset()),
            pins=self._get_pins(conditions),
            date_field=date_field,
            swept=self._is_swept(),
            above_id=self.above_id,
        )

    def _get_pins(self, conditions):
        """Return the pins of the conditions; none if the values of tomorrow may be others."""
        if not all(self._is_constant(fname) for fname in ("filter_domain", "exclude_domain")):
            return {}
        pins = domain_engine.pins(conditions)
        return {fname: values for fname, values in pins.items() if self._is_pinned(fname, values)}

    def _is_constant(self, fname):
        """Tell whether a domain says the same whenever it is evaluated: it names nothing."""
        tree = ast.parse((self[fname] or "[]").strip(), mode="eval")
        return not any(isinstance(node, ast.Name) for node in ast.walk(tree))

    def _is_pinned(self, fname, values):
        """Tell whether the raw column can be compared with the values of a domain."""
        field = self._get_model()._fields.get(fname)
        kind = PINNED_TYPES.get(field.type) if field else None
        return kind is not None and all(isinstance(value, kind) for value in values)

    @api.model
    def _prepare_watch(self, model_name, listeners):
        model_fields = self.env[model_name]._fields
        looked_at = {
            model_fields[fname]
            for listener in listeners
            for fname in listener.fields
            if fname in model_fields and fname != "id"
        }
        return Watch(
            columns=frozenset(field.name for field in looked_at if self._is_heard_column(field)),
            relations=frozenset(field.name for field in looked_at if self._is_heard_relation(field)),
            listeners=tuple(listeners),
        )

    @api.model
    def _is_heard_relation(self, field):
        """Tell whether a field has no column, but is written on the record itself."""
        return bool(field.type == "many2many" and field.store and not field.compute)

    @api.model
    def _is_heard_column(self, field):
        """Tell whether changes of a field can be told by comparing its column."""
        return bool(
            field.store
            and field.column_type
            and not field.translate
            and not field.company_dependent
            and field.type not in UNHEARD_TYPES
        )
