from odoo import models

from ....engine import states
from .account_move_send import get_mark


class AccountMove(models.Model):
    """Finds the log lines of invoices that wait for Odoo's scheduled action."""

    _inherit = "account.move"

    def _crm_trigger_search_sending(self):
        """Return ``{invoice: crm.trigger.execution}`` of those of these invoices that rules are sending, the newest
        of each; a query per model that rules act on.
        """
        causes = {move.id: tuple(cause) for move in self if (cause := get_mark(move).get("cause"))}
        lines_sudo = self.env["crm.trigger.execution"].sudo()  # system task
        found = {}
        for model_name in {model_name for model_name, _id in causes.values()}:
            domain = [
                ("res_model", "=", model_name),
                ("res_id", "in", [res_id for name, res_id in causes.values() if name == model_name]),
                ("result_model", "=", self._name),
                ("result_id", "in", list(causes)),
                "|",
                ("state", "=", states.DONE),
                ("done_part", "=", states.PART_WAY),
            ]
            found |= {line.result_id: line for line in lines_sudo.search(domain, order="done_at, id")}
        return {move: found[move.id] for move in self if move.id in found}
