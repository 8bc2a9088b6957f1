from odoo import models

from ..provisional import going_on


class CrmTriggerRule(models.Model):
    """Taking back what was decided earlier in a transaction that goes on."""

    _inherit = "crm.trigger.rule"

    def _take_back_decisions(self, keys):
        """Take back what was decided on records earlier in this transaction: more happened to them since.

        :param keys: ``[(model name, record id)]``
        """
        effects = going_on(self.env.cr).get_effects(keys)
        for name in effects:
            self.env[name]._undo_effects(effects[name])
        if effects:
            self._forget_undone()

    def _forget_undone(self):
        """Forget what is cached of runs and their steps: it was undone in the database."""
        runs = self.env["crm.trigger.run"]
        for model in (runs, runs.execution_ids):
            model.invalidate_model(flush=False)
