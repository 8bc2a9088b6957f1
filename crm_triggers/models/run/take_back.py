from odoo import models

from ..provisional import going_on


class CrmTriggerRule(models.Model):
    """Reverts what was decided earlier in the current transaction."""

    _inherit = "crm.trigger.rule"

    def _take_back_decisions(self, keys):
        """Revert the decisions on records made earlier in this transaction: they changed again since.

        :param keys: ``[(model name, record id)]``
        """
        effects = going_on(self.env.cr).get_effects(keys)
        for name in effects:
            self.env[name]._undo_effects(effects[name])
        if effects:
            self._forget_undone()

    def _forget_undone(self):
        """Invalidate the cache of runs and executions: they were reverted in the database."""
        runs = self.env["crm.trigger.run"]
        for model in (runs, runs.execution_ids):
            model.invalidate_model(flush=False)
