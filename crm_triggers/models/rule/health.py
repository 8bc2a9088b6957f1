from psycopg2.errors import QueryCanceled

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...engine import domain as domain_engine
from ...engine import states
from ..each_language import tell_shortly
from ..isolation import SLOW_SECONDS, in_turn, isolated
from ..records.paths import get_path_fields, get_path_label
from ..stopping import is_stopping
from .conditions import DOMAIN_FIELDS


class CrmTriggerRule(models.Model):
    """Finds what prevents a rule from working: when it is activated, and later by the clock, because a field, a
    stage or a template may have been deleted.
    """

    _inherit = "crm.trigger.rule"

    @api.constrains("name")
    def _check_name(self):
        for rule in self:
            if not rule.name.strip():
                raise ValidationError(self.env._("Give the rule a name: it is used in the log and in messages."))

    def _check_ready(self):
        """Refuse to activate a rule that could only fail.

        :raises UserError: names the rule, the step if it is the problem, and the remedy
        """
        for rule in self:
            if problem := rule.sudo()._get_problem():  # steps are server actions, restricted to administrators
                raise UserError(problem)

    @api.model
    def _check_health(self):
        """Pause the active rules that can no longer work, and notify their owners; in the clock, never in a user's
        transaction.
        """
        for rule in self.search([("state", "in", states.ACTIVE)]):
            if is_stopping():
                return
            told = rule.with_context(lang=rule._get_alerted().lang)
            with in_turn(self.env.cr, f"Rule {rule.id}: looking after it"):
                if problem := told._get_problem():
                    told._pause_for(problem)

    def _get_problem(self):
        """Return what prevents this rule from working, and the remedy, as text; None if nothing does."""
        self.ensure_one()
        if self.model_name not in self.env:
            return self.env._(
                "Rule “%s”: its type of record no longer exists, perhaps because a module was uninstalled. "
                "Reinstall the module, or delete the rule.",
                self.name,
            )
        if self.company_id and not self.company_id.active:
            return self.env._("Rule “%s”: its company is archived. Choose another one, or archive the rule.", self.name)
        if problem := self._get_trigger_problem() or self._get_author_problem():
            return problem
        if not self.step_ids:
            return self.env._("Rule “%s” has no step yet: add one.", self.name)
        problems = (
            self._get_calendar_problem(),
            *(self._get_domain_problem(fname) for fname in DOMAIN_FIELDS),
            *(step._get_named_problem() for step in self.step_ids),
        )
        return next(filter(None, problems), None)

    def _explain_domain_error(self, fname, error):
        """Return why a domain of this rule cannot be used, and the remedy, as text."""
        values = {"rule": self.name, "field": self._fields[fname]._description_string(self.env)}
        if isinstance(error, QueryCanceled):
            return self.env._(
                "Rule “%(rule)s”: “%(field)s” takes more than %(seconds)s seconds to evaluate, and would "
                "slow down every save. Use fewer conditions on related records, or none with “contains”.",
                **values,
                seconds=int(SLOW_SECONDS),
            )
        return self.env._(
            "Rule “%(rule)s”: “%(field)s” cannot be used on %(model)s. Choose its fields and values again. (%(error)s)",
            **values,
            model=self.model_id.name,
            error=tell_shortly(self.env, error),
        )

    def _get_domain_problem(self, fname):
        """Return why one of the domains cannot be used or can never be met, as text, or None."""
        if not self[fname]:
            return None
        errors, label = [], None
        with isolated(self.env.cr.savepoint(flush=False), f"{self}: {fname}", errors.append):
            domain = self._get_domain(fname)
            self._get_model()._search(domain)  # validates its fields and values, without a query
            label = self._find_gone(domain)
        if errors:
            return self._explain_domain_error(fname, errors[0])
        return label and self.env._(
            "Rule “%(rule)s”: the value of “%(label)s” used in “%(field)s” was deleted. Choose another value.",
            rule=self.name,
            field=self._fields[fname]._description_string(self.env),
            label=label,
        )

    def _find_gone(self, domain):
        """Return the label of a field compared only with deleted records, or None."""
        for path, operator, value in domain_engine.conditions(domain):
            field = get_path_fields(self.env, self.model_name, path)[-1]
            ids = [value] if isinstance(value, int) and not isinstance(value, bool) else value
            if operator not in ("=", "in") or not field.comodel_name or not ids or isinstance(ids, (str, bool)):
                continue
            comodel = self.env[field.comodel_name].sudo()
            if all(isinstance(res_id, int) and res_id for res_id in ids) and not comodel.browse(ids).exists():
                return get_path_label(self.env, self.model_name, path)
        return None
