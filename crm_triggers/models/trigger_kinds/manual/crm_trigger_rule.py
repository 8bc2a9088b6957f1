from odoo import models

from ....engine.triggers import NONE, declare

MANUAL = "manual"
declare(MANUAL, NONE, by=__name__)


class CrmTriggerRule(models.Model):
    """Scenarios: rules started only by users and other rules."""

    _inherit = "crm.trigger.rule"

    def _get_when_phrase(self):
        if self.trigger != MANUAL:
            return super()._get_when_phrase()
        return self._get_preset_when_phrase() or self.env._(
            "When a record is added by hand or by another rule (%s)", self._get_kind()
        )

    def _get_waiting_text(self):
        if self.trigger != MANUAL:
            return super()._get_waiting_text()
        return self.env._("No blocking condition: the record has not been added to the scenario yet.")
