from odoo import api, fields, models

from ..catalog.crm_trigger_preset import VALUE
from ..trigger_kinds.date.crm_trigger_rule import RANGE_UNITS
from .wording import get_duration


class CrmTriggerRule(models.Model):
    """A rule as one sentence, in the language of who reads it, also while it is being written."""

    _inherit = "crm.trigger.rule"

    # Who reads a rule may read it in words, without reading models, fields and stages himself.
    sentence = fields.Char(
        "In a sentence",
        compute="_compute_sentence",
        compute_sudo=True,
        help="The whole rule in words: when, if, then. If it reads well, the rule is right.",
    )

    @api.depends(
        "model_id",
        "trigger",
        "trg_date_id",
        "trg_date_range",
        "trg_date_range_type",
        "trg_date_range_mode",
        "trg_date_calendar_id",
        "recur_count",
        "recur_unit",
        "recur_weekday",
        "recur_day",
        "happening",
        "happening_type_id",
        "happening_template_id",
        "happening_words",
        "meeting_mode",
        "meeting_tag_id",
        "meeting_rank",
        "filter_domain",
        "preset_id",
        "preset_value",
        "step_ids.sequence",
        "step_ids.phrase",
        "step_ids.timing",
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        terms = {rule: rule._get_own_terms() or [] for rule in self}
        names = self._get_names(terms)
        for rule in self:
            rule.sentence = rule._get_sentence(terms[rule], names) if rule.model_id else False

    def _get_sentence(self, terms, names):
        conditions = self._describe_terms(terms, names)
        if conditions and self.trigger == "match" and not self.preset_id:
            kind = self._get_kind()
            when, conditions = self.env._("When %(conditions)s (%(kind)s)", conditions=conditions, kind=kind), ""
        else:
            when = self._get_when_phrase()
        words = {"when": when, "then": self._get_then_phrase()}
        if conditions:
            return self.env._("%(when)s, if %(conditions)s: %(then)s", conditions=conditions, **words)
        return self.env._("%(when)s: %(then)s", **words)

    def _get_when_phrase(self):
        kind = self._get_kind()
        if self.trigger == "date":
            return self._get_date_phrase(self._get_preset_phrase() or self._get_date_label(kind))
        if self.trigger == "recurring":
            records = self._get_preset_phrase() or self.env._("all that meet the conditions (%s)", kind)
            recurrence = self._get_recurrence_phrase()
            return self.env._("%(recurrence)s, for %(records)s", recurrence=recurrence, records=records)
        if self.trigger == "happening":
            return self._get_happened_text()
        if phrase := self._get_preset_phrase():
            return self.env._("When %s", phrase)
        if self.trigger == "create":
            return self.env._("When a record is created (%s)", kind)
        if self.trigger == "match":
            return self.env._("When a record starts to meet the conditions (%s)", kind)
        return self.env._("When a record is put in by hand or by another rule (%s)", kind)

    def _get_kind(self):
        return self.model_id.with_context(crm_trigger_names=True).display_name

    def _get_preset_phrase(self):
        """Return the words of the preset about what was chosen, None without a preset."""
        if not self.preset_id:
            return None
        chosen = self.preset_value and self.preset_value.sudo().exists()  # who reads the rule may read its name
        return self.preset_id.phrase.replace(VALUE, chosen.display_name if chosen else "…")

    def _get_date_label(self, kind):
        label = self.trg_date_id.field_description or "…"
        return self.env._("“%(field)s” (%(kind)s)", field=label, kind=kind)

    def _get_date_phrase(self, date):
        """Return how far from the date, which bears its article: "30 days before the end date"."""
        if not self.trg_date_range:
            return self.env._("At %s", date)
        unit = RANGE_UNITS[self.trg_date_range_type or "day"]
        duration = get_duration(self.env, self.trg_date_range, unit, working=bool(self.trg_date_calendar_id))
        if self.trg_date_range_mode == "before":
            return self.env._("%(duration)s before %(date)s", duration=duration, date=date)
        return self.env._("%(duration)s after %(date)s", duration=duration, date=date)

    def _get_then_phrase(self):
        return ", ".join(map(self._get_step_words, self.step_ids._in_order())) or self.env._("nothing yet, add a step")

    def _get_step_words(self, step):
        """Return what a step does, with its time unless that is at once."""
        if step.delay_count:
            return self.env._("%(what)s (%(when)s)", what=step.phrase, when=step.timing)
        return step.phrase or ""
