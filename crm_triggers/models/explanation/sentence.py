from functools import reduce

from odoo import api, fields, models

from ..catalog.crm_trigger_preset import VALUE


class CrmTriggerRule(models.Model):
    """A rule as one sentence in the user's language, also while it is being edited."""

    _inherit = "crm.trigger.rule"

    # Users who can read a rule may read it as a sentence, without access to models, fields and stages.
    sentence = fields.Char(
        "In a sentence",
        compute="_compute_sentence",
        compute_sudo=True,
        help="The whole rule in words: when, if, then.",
    )

    @api.depends(lambda self: sorted(self._get_sentence_fields()))
    @api.depends_context("lang", "uid")
    def _compute_sentence(self):
        terms = {rule: rule._get_own_terms() or [] for rule in self}
        names = self._get_names(terms)
        for rule in self:
            rule.sentence = rule._get_sentence(terms[rule], names) if rule.model_id else False

    def _get_sentence(self, terms, names):
        conditions = self._describe_terms(terms, names)
        when = self._get_when_conditions_phrase(conditions) if conditions else None
        if when:
            conditions = ""
        else:
            when = self._get_when_phrase()
        words = {"when": when, "then": self._get_then_phrase()}
        if conditions:
            return self.env._("%(when)s, if %(conditions)s: %(then)s", conditions=conditions, **words)
        return self.env._("%(when)s: %(then)s", **words)

    def _get_kind(self):
        return self.model_id.with_context(crm_trigger_names=True).display_name

    def _get_preset_phrase(self):
        """Return the preset's phrase about the chosen values, None without a preset."""
        if not self.preset_id:
            return None
        chosen = self.preset_value and self.step_ids._get_name(self.preset_value)
        return self.preset_id.phrase.replace(VALUE, chosen or "…")

    def _get_preset_when_phrase(self):
        """Return the preset's phrase about what starts the rule, None without a preset."""
        phrase = self._get_preset_phrase()
        return self.env._("When %s", phrase) if phrase else None

    def _get_then_phrase(self):
        words = map(self._get_step_words, self.step_ids._in_order())
        return reduce(self._join_then, words, "") or self.env._("nothing yet, add a step")

    def _join_then(self, before, what):
        return self.env._("%(before)s, then %(what)s", before=before, what=what) if before else what

    def _get_step_words(self, step):
        """Return what a step does, with its delay if it has one."""
        if step.delay_count:
            return self.env._("%(what)s %(when)s", what=step.phrase, when=step.timing)
        return step.phrase or ""
