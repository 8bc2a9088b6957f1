from odoo import models

from ....engine.triggers import TriggerTraits, declare

CREATE = "create"
declare(CREATE, TriggerTraits(born=True, by_change=False), by=__name__)


class CrmTriggerRule(models.Model):
    """Rules that a new record starts."""

    _inherit = "crm.trigger.rule"

    def _get_when_phrase(self):
        if self.trigger != CREATE:
            return super()._get_when_phrase()
        return self._get_preset_when_phrase() or self.env._("When a record is created (%s)", self._get_kind())

    def _explain_trigger_guards(self, record):
        guards = super()._explain_trigger_guards(record)
        if self.trigger != CREATE:
            return guards
        label = self.env._("The record was created after the rule was switched on")
        obstacle = self.env._("the record was there before the rule was switched on")
        return [*guards, ("new", label, record.id > self.sudo().above_id, self._tell(self.activated_at), obstacle)]

    def _get_waiting_text(self):
        if self.trigger != CREATE:
            return super()._get_waiting_text()
        return self.env._("It fires when a record is created, not for one that was there already.")
