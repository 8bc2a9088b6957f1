from odoo import models

from .crm_trigger_rule import MATCH


class CrmTriggerRule(models.Model):
    """Rules started when conditions are met, as text."""

    _inherit = "crm.trigger.rule"

    def _get_when_phrase(self):
        if self.trigger != MATCH:
            return super()._get_when_phrase()
        return self._get_preset_when_phrase() or self.env._(
            "When a record starts to meet the conditions (%s)", self._get_kind()
        )

    def _get_when_conditions_phrase(self, conditions):
        if self.trigger != MATCH or self.preset_id:
            return super()._get_when_conditions_phrase(conditions)
        return self.env._("When %(conditions)s (%(kind)s)", conditions=conditions, kind=self._get_kind())

    def _get_waiting_text(self):
        if self.trigger != MATCH:
            return super()._get_waiting_text()
        return self.env._(
            "The record meets the conditions. The rule runs when a record starts to meet them: this one did "
            "before the rule was activated, or has not been checked yet."
        )
