from odoo import api, models

from ...engine import states


class CrmTriggerRule(models.Model):
    """Runs started while their rule was being switched off: by a transaction that began before, could not see it,
    and committed after.
    """

    _inherit = "crm.trigger.rule"

    def _get_sweeps(self):
        return [*super()._get_sweeps(), (self.browse(), self._stop_leftovers)]

    @api.model
    def _stop_leftovers(self, limit):
        """Stop up to ``limit`` runs of rules that are off; the rest follows at the next run of the clock.

        :return: 0, as nothing starts
        """
        # By planned executions, which are few and indexed; every run in progress has one.
        domain = [("state", "=", states.SCHEDULED), ("rule_id.state", "=", states.DRAFT)]
        domain.append(("run_id.state", "=", states.RUNNING))
        self.env["crm.trigger.execution"].search(domain, limit=limit).run_id._stop(states.STOP_RULE)
        return 0
