from odoo import api, models

from .crm_trigger_rule import ACTIVITY_KINDS, HAPPENING


class CrmTriggerRule(models.Model):
    """Rules started by an event, as text."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_sentence_fields(self):
        happening = {"happening", "happening_type_id", "happening_template_id", "happening_words"}
        return super()._get_sentence_fields() | happening

    def _get_when_phrase(self):
        return self._get_happened_text() if self.trigger == HAPPENING else super()._get_when_phrase()

    def _get_trigger_label(self):
        if self.trigger != HAPPENING:
            return super()._get_trigger_label()
        return dict(self._fields["happening"]._description_selection(self.env)).get(self.happening, "…")

    def _get_happening_phrase(self, kind):
        """Return the event, as text, without a preset."""
        label = dict(self._fields["happening"]._description_selection(self.env)).get(self.happening, "…")
        return self.env._("%(happening)s (%(kind)s)", happening=label, kind=kind)

    def _get_happening_details(self):
        """Return the required type and words, as a list of phrases."""
        details = []
        if self.happening in ACTIVITY_KINDS and self.happening_type_id:
            details.append(self.env._("type “%s”", self.happening_type_id.name))
        if self.happening == "message_sent" and self.happening_template_id:
            details.append(self.env._("template “%s”", self.happening_template_id.name))
        if self.happening_words:
            details.append(self.env._("containing “%s”", self.happening_words))
        return details

    def _get_happened_text(self):
        """Return the event as a sentence: "When a call is done"."""
        phrase = self._get_preset_phrase() or self._get_happening_phrase(self._get_kind())
        details = ", ".join(self._get_happening_details())
        what = self.env._("%(what)s (%(details)s)", what=phrase, details=details) if details else phrase
        return self.env._("When %s", what) if self.preset_id else what
