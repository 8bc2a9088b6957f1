from contextlib import nullcontext
from functools import partial
from textwrap import shorten

from psycopg2.errors import QueryCanceled

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError, ValidationError
from odoo.modules.registry import Registry

from ...engine import domain as domain_engine
from ...engine import states
from ..isolation import SLOW_SECONDS, bounded, describe, isolated
from .conditions import DOMAIN_FIELDS


class CrmTriggerHealthMixin(models.AbstractModel):
    """Finding what keeps a rule from working: when it is switched on, and by the clock later,
    for a field, a stage or a template may be deleted under it."""

    _name = "crm.trigger.health.mixin"
    _description = "Health of Trigger Rules"

    @api.constrains("name")
    def _check_name(self):
        for rule in self:
            if not rule.name.strip():
                raise ValidationError(self.env._("Give the rule a name: the log and the messages call it by that."))

    def _check_ready(self):
        """Refuse to switch on a rule that could only fail.

        :raises UserError: names the rule, the step if it is one's, and the cure
        """
        for rule in self:
            if problem := rule.sudo()._get_problem():  # steps are server actions, the administrator's
                raise UserError(problem)

    @api.model
    def _check_health(self):
        """Pause the listening rules that cannot work any more, and tell their owners; by the
        clock, never in the transaction of who saves."""
        for rule in self.search([("state", "in", states.LISTENING)]):
            told = rule.with_context(lang=rule._get_alerted().lang)
            with isolated(self.env.cr.savepoint(), f"Rule {rule.id}: looking after it", pass_on=()):
                if problem := told._get_problem():
                    told._pause_for(problem)

    def _note_undecided(self, created, touched, error):
        """Note the records that this rule may have missed, and see to it after the commit.

        :param created: ids of records made in this transaction
        :param touched: ids of those it looks at that changed
        """
        missed = {"manual": set(), "recurring": set(), "happening": set(), "create": created}.get(
            self.trigger, created | touched
        )
        text = describe(error)
        key = f"{states.STOP_UNDECIDED} {self.env.cr.now()}"
        with isolated(self.env.cr.savepoint(flush=False), f"Rule {self.id}: noting what it missed"):
            self.env["crm.trigger.run"]._start(self, dict.fromkeys(missed, key), {}, states.STOP_UNDECIDED, text)
        slow_ids = created | touched if isinstance(error, QueryCanceled) else ()
        self.env.cr.postcommit.add(partial(see_to, self.env.cr.dbname, self.id, text, slow_ids))

    def _see_to(self, error, slow_ids=(), *, swept=False):
        """Act on a decision that failed: pause the rule if it cannot work, tell its owner anyhow.

        :param str error: what went wrong, in words
        :param slow_ids: the records for which its conditions took too long
        :param bool swept: it was the clock that looked, and will again
        """
        told = self.with_context(lang=self._get_alerted().lang)
        if problem := told._get_slow_problem(slow_ids) or told._get_problem():
            told._pause_for(problem)
            return
        self._alert(
            lambda env: env._("This rule could not look at some records"),
            lambda env: (
                env._("It tries again every few minutes. The last time it met: %s", error)
                if swept
                else env._("See its runs that were stopped for that reason. The last one says: %s", error)
            ),
        )

    def _get_slow_problem(self, res_ids):
        """Return in words that the conditions take too long for these records, or None; asked a
        second time, for the first may have been the fault of a busy machine."""
        errors = []
        with isolated(self.env.cr.savepoint(), f"{self}: looking again", errors.append), bounded(self.env.cr):
            self._search_matching(res_ids)
            self._search_stopped(res_ids)
        slow = errors and isinstance(errors[0], QueryCanceled)
        return self._explain_domain_error("filter_domain", errors[0]) if slow else None

    def _get_problem(self):
        """Return what keeps this rule from working, and the cure, in words; None if nothing does."""
        self.ensure_one()
        if self.model_name not in self.env:
            return self.env._(
                "Rule “%s”: the kind of record it is made for is gone, maybe with an add-on. Install that again, "
                "or delete the rule.",
                self.name,
            )
        if self.company_id and not self.company_id.active:
            return self.env._("Rule “%s”: its company is archived. Choose another one, or archive the rule.", self.name)
        if self.trigger == "date" and self.trg_date_id.name not in self.env[self.model_name]._fields:
            return self.env._("Rule “%s”: the date it waits for no longer exists. Choose another one.", self.name)
        if not self.step_ids:
            return self.env._("Rule “%s” has no step yet: say what it has to do.", self.name)
        problems = (
            self._get_calendar_problem(),
            *(self._get_domain_problem(fname) for fname in DOMAIN_FIELDS),
            *(step._get_named_problem() for step in self.step_ids),
        )
        return next(filter(None, problems), None)

    def _explain_domain_error(self, fname, error):
        """Return in words why a domain of this rule cannot be used, and the cure."""
        values = {"rule": self.name, "field": self._fields[fname]._description_string(self.env)}
        if isinstance(error, QueryCanceled):
            return self.env._(
                "Rule “%(rule)s”: “%(field)s” takes more than %(seconds)s seconds to look at, and would be in the "
                "way of everybody who saves. Use fewer conditions on other records, or none with “contains”.",
                **values,
                seconds=int(SLOW_SECONDS),
            )
        return self.env._(
            "Rule “%(rule)s”: “%(field)s” cannot be used on %(model)s. Choose its fields and values again. (%(error)s)",
            **values,
            model=self.model_id.name,
            error=shorten(str(error), 300),
        )

    def _get_domain_problem(self, fname):
        """Return why one of the domains cannot be used or can never hold, in words, or None."""
        if not self[fname]:
            return None
        errors, label = [], None
        with isolated(self.env.cr.savepoint(flush=False), f"{self}: {fname}", errors.append):
            domain = self._get_domain(fname)
            self._get_model()._search(domain)  # reads its fields and values, and asks nothing
            label = self._find_gone(domain)
        if errors:
            return self._explain_domain_error(fname, errors[0])
        return label and self.env._(
            "Rule “%(rule)s”: what “%(field)s” asks of “%(label)s” was deleted. Choose another value.",
            rule=self.name,
            field=self._fields[fname]._description_string(self.env),
            label=label,
        )

    def _find_gone(self, domain):
        """Return the label of a field that is to be one of records which are all deleted, or None."""
        for path, operator, value in domain_engine.conditions(domain):
            *_crossed, field = self._get_path_fields(path)
            ids = [value] if isinstance(value, int) and not isinstance(value, bool) else value
            if operator not in ("=", "in") or not field.comodel_name or not ids or isinstance(ids, (str, bool)):
                continue
            comodel = self.env[field.comodel_name].sudo()
            if all(isinstance(res_id, int) and res_id for res_id in ids) and not comodel.browse(ids).exists():
                return self.env["crm.trigger.step"]._get_path_label(self.model_name, path)
        return None

    def _get_path_fields(self, path):
        """Return the fields a path leads through, the last one being what is compared.

        :raises KeyError: there is no such field
        """
        fields, model_name = [], self.model_name
        for fname in path.split("."):
            fields.append(self.env[model_name]._fields[fname])
            model_name = fields[-1].comodel_name
        return fields

    @api.model
    def _search_using(self, uses):
        """Return the rules, drafts left out, some condition, date or step of which uses a field.

        :param uses: function of (field, operator, value)
        """
        rules = self.sudo().search([("state", "!=", states.DRAFT)])
        return rules.filtered(lambda rule: any(uses(*use) for use in rule._get_uses()))

    def _get_uses(self):
        """Return ``[(field, operator, value)]``: all that this rule looks at or writes."""
        uses = []
        conditions = [(self, fname) for fname in DOMAIN_FIELDS] + [(step, "filter_domain") for step in self.step_ids]
        for owner, fname in conditions:
            with isolated(nullcontext(), f"{owner}: {fname}"):
                for path, operator, value in domain_engine.conditions(self._evaluate(owner[fname])):
                    uses += [(field, operator, value) for field in self._get_path_fields(path)]
        paths = [(self.trg_date_id.name, None), *((step.update_path, step.value) for step in self.step_ids)]
        for path, value in paths:
            with isolated(nullcontext(), f"{self}: {path}"):
                uses += [(field, "=", value) for field in self._get_path_fields(path)] if path else []
        return uses


def see_to(dbname, rule_id, error, slow_ids=()):
    """Act on a decision that failed, in a transaction of its own after the person's."""
    with isolated(nullcontext(), f"Rule {rule_id}: telling its owner", pass_on=()), Registry(dbname).cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["crm.trigger.rule"].browse(rule_id)._see_to(error, slow_ids)
