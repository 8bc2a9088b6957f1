from odoo import api, models

from ....engine import states
from ...rule.standstill import Standstill

TAKE_BACK = "crm_triggers.ir_cron_take_back"


class CrmTriggerRule(models.Model):
    """Whether expired discounts are reverted at all."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_standstills(self):
        """Also report the scheduled action that reverts discounts, for rules that give some."""
        found = super()._get_standstills()
        cron = self.env.ref(TAKE_BACK, raise_if_not_found=False)
        cron = (cron or self.env["ir.cron"]).sudo()  # whether it runs is not confidential
        if cure := self._get_standstill_cure(cron):
            giving = [("step_ids.kind", "=", "discount"), ("state", "in", states.ACTIVE)]
            rules = self.sudo().search(giving)  # only the rules the user may read
            if rules:
                text = self.env._("discounts of rules are not taken back when they have expired")
                found.append(Standstill(TAKE_BACK, text, cure, frozenset(rules.ids)))
        return found
