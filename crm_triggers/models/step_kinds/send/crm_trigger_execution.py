from odoo import models

from ....engine import states


class CrmTriggerExecution(models.Model):
    """What becomes of an invoice after it was handed over to Odoo."""

    _inherit = "crm.trigger.execution"

    def _note_unsent(self, move, reason):
        """Log that an invoice is not sent after all, or not by all methods; an invoice that was created remains."""
        outcome = self.step_id._get_partly(move, reason)
        if outcome["done_part"] == states.PART_DOCUMENT and move == self.env[self.res_model].browse(self.res_id):
            outcome["done_part"] = False  # nothing was created
        self.write(outcome)

    def _describe_failure(self, *, to, returned, curable):
        """Name the invoice, if it is one."""
        if self.result_model != "account.move":
            return super()._describe_failure(to=to, returned=returned, curable=curable)
        name = self.env["account.move"].browse(self.result_id).exists().name or to
        return self.env._("The invoice %s was not sent: fix the cause, then try again.", name)
