from odoo import api, models

from ....engine import states
from ...rule.standstill import Standstill

TAKE_BACK = "crm_triggers.ir_cron_take_back"


class CrmTriggerRule(models.Model):
    """Whether discounts are taken back at all, once they have expired."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_standstills(self):
        """Tell as well of the scheduled action that takes discounts back, to those whose rules give some."""
        found = super()._get_standstills()
        cron = self.env.ref(TAKE_BACK, raise_if_not_found=False)
        cron = (cron or self.env["ir.cron"]).sudo()  # whether it runs is no secret
        if cure := self._get_standstill_cure(cron):
            giving = [("step_ids.kind", "=", "discount"), ("state", "in", states.ACTIVE)]
            rules = self.sudo().search(giving)  # only those that one may read are told of it
            if rules:
                text = self.env._("discounts of rules are not taken back when they have expired")
                found.append(Standstill(TAKE_BACK, text, cure, frozenset(rules.ids)))
        return found
