from odoo import api, models

from ...engine import states


class CrmTriggerRule(models.Model):
    """Runs that came in while their rule was being switched off: by a transaction that began before
    and could not see it, and committed afterwards."""

    _inherit = "crm.trigger.rule"

    def _get_sweeps(self):
        return [*super()._get_sweeps(), (self.browse(), self._stop_leftovers)]

    @api.model
    def _stop_leftovers(self, limit):
        """Stop up to ``limit`` runs of rules that are off; the others are the next look's.

        :return: 0, for nothing starts
        """
        # By what is planned, which is a few of all lines and has an index; whatever goes on has something planned.
        domain = [("state", "=", states.SCHEDULED), ("rule_id.state", "=", states.DRAFT)]
        domain.append(("run_id.state", "=", states.RUNNING))
        self.env["crm.trigger.execution"].search(domain, limit=limit).run_id._stop(states.STOP_RULE)
        return 0
