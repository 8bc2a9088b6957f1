from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..each_language import Worded, tell_shortly
from ..isolation import bounded, describe, isolated

# Ten years in each unit.
LONGEST_DELAY = {"minutes": 5_260_320, "hours": 87_672, "days": 3_653, "weeks": 522, "months": 120}


class CrmTriggerStep(models.Model):
    """Finds problems of a step as early as possible: when it is saved, or when its rule is activated."""

    _inherit = "crm.trigger.step"

    @api.constrains("filter_domain", "rule_id")
    def _check_filter_domain(self):
        for step in self.filtered("filter_domain"):
            errors = []
            cr = self.env.cr
            with isolated(cr.savepoint(), f"{step}: its condition", errors.append), bounded(cr):
                step.rule_id._check_condition(step.filter_domain)
            if errors:
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s” of rule “%(rule)s”: its condition cannot be used. "
                        "Choose its fields and values again. (%(error)s)",
                        step=step.name,
                        rule=step.rule_id.name,
                        error=tell_shortly(self.env, errors[0]),
                    )
                )

    @api.constrains("delay_count", "delay_unit")
    def _check_delay_reach(self):
        """A delay of centuries is a typing error, and could not be scheduled."""
        for step in self:
            if abs(step.delay_count) > LONGEST_DELAY[step.delay_unit]:
                raise ValidationError(self.env._("Step “%s”: the longest delay is ten years.", step.name))

    @api.constrains("kind", "rule_id", "delay_from", "deadline_from")
    def _check_dates(self):
        for step in self.filtered(lambda step: not step.rule_id._get_trigger_traits().has_date):
            if "date" in (step.delay_from, step.deadline_from):
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s” counts from the date of its rule, but “%(rule)s” is not started by a date.",
                        step=step.name,
                        rule=step.rule_id.name,
                    )
                )

    def _check_ready(self):
        """Refuse to run a step that could only fail.

        :raises UserError: names the rule, the step and the remedy
        """
        for step in self.sudo():
            step._complain(lambda told: told._get_problem())

    def _check_refused(self):
        """Refuse to save a step that can never work, even in a draft.

        :raises ValidationError: names the rule, the step and the remedy
        """
        for step in self.sudo():
            if problem := step._get_refusal():
                raise ValidationError(step._name_problem(problem))

    def _get_refusal(self):
        """Return why this step can never work, whatever the rest of its rule, as text, or None: it does not apply
        to the records of its rule, or a chosen value is for other records (``_get_<kind>_misfit``).

        Override to check chosen values of another company, another team and the like.
        """
        kind, model = self._get_kind(), self.rule_id.model_id
        if self._has_need(kind.needs, model.model):
            get_misfit = getattr(self, f"_get_{self.kind}_misfit", None)
            return get_misfit() if get_misfit else None
        return "\n\n".join(self.action_id._get_warning_messages()) or self.env._(
            "it can do nothing with records of the kind “%(model)s”: choose another action, or make a rule for other "
            "records.",
            model=model.name,
        )

    def _complain(self, ask):
        """Raise the problem of this step and its remedy, if there is one.

        :param ask: function of this step, in the context of a language, that returns the text after the names of
        rule and step, or None; the log already contains the names
        :raises Worded: there is a problem
        """
        if problem := ask(self):
            raise Worded(self._name_problem(problem), lambda lang: ask(self.with_context(lang=lang)))

    def _complain_of_rendering(self, template, error):
        """Raise that the template of this step cannot be rendered, and the remedy.

        :raises Worded: always
        """
        self._complain(
            lambda step: step.env._(
                "the template “%(template)s” cannot be rendered for this record: correct its text, or "
                "the data it uses. (%(error)s)",
                template=template.with_env(step.env).name,
                error=describe(error),
            )
        )

    def _name_problem(self, problem):
        return self.env._(
            "Rule “%(rule)s”, step “%(step)s”: %(problem)s",
            rule=self.rule_id.name,
            step=self.name,
            problem=problem,
        )

    def _get_named_problem(self):
        """Return what prevents this step from working, with the names of the rule and the step, or None."""
        problem = self._get_condition_problem() or self._get_author_problem() or self._get_problem()
        return problem and self._name_problem(problem)

    def _get_condition_problem(self):
        errors = []
        with isolated(self.env.cr.savepoint(flush=False), f"{self}: its condition", errors.append):
            self.rule_id._get_model()._search(self._get_wanted_domain())
        return self.env._("choose the fields and values of its condition again.") if errors else None

    @api.model
    def _forbid_deletion_of(self, records, domain):
        """Name the rules and steps that use records about to be deleted.

        :param domain: of the steps that use them
        :raises UserError: there are some
        """
        self.sudo().search(domain)._forbid_deletion(", ".join(records.mapped("name")))

    def _forbid_deletion(self, what):
        """Name the rules and steps that use something about to be deleted.

        :param str what: its name
        :raises UserError: there are some
        """
        if self:
            raise UserError(
                self.env._(
                    "“%(what)s” cannot be deleted, because rules use it. Change these first: %(users)s.",
                    what=what,
                    users="; ".join(
                        self.env._("rule “%(rule)s”, step “%(step)s”", rule=step.rule_id.name, step=step.name)
                        for step in self
                    ),
                )
            )

    def _get_problem(self):
        """Return what prevents this step from working, as text, or None; ``_get_<kind>_problem`` checks its kind."""
        self.ensure_one()
        if problem := self._get_refusal():
            return problem
        if self.working_time and (problem := self._get_working_problem()):
            return problem
        get_problem = getattr(self, f"_get_{self.kind}_problem", None)
        if get_problem and (problem := get_problem()):
            return problem
        return "\n\n".join(self.action_id._get_warning_messages()) or None

    def _get_working_problem(self):
        company = self.rule_id._get_counting_company()
        calendar = company.resource_calendar_id
        if not calendar:
            return self.env._("%s has no working hours. Set a working schedule, or count every day.", company.name)
        if calendar._lacks_crm_trigger_time():
            return self.env._(
                "“%s” has no working hours in the next two years. Set some, or count every day.", calendar.name
            )
        return None
