from odoo import api, models

from ...engine import states
from ..isolation import isolated
from .guards import Skip, Stop


class AccountMoveSend(models.AbstractModel):
    """Invoices of rules are checked before Odoo's scheduled action sends them: a letter has no email that could be
    checked later.
    """

    _inherit = "account.move.send"

    @api.model
    def _crm_trigger_look_again(self, moves):
        """Unmark those of these invoices whose run stopped or whose record changed; the log says why.

        Paused ones go on: their email waits, and Odoo's batches are not filled with what has to wait.
        """
        held = super()._crm_trigger_look_again(moves)
        with isolated(self.env.cr.savepoint(), f"Looking again at {moves}", loud=True):
            held |= self._crm_trigger_take_back(moves)
        return held

    @api.model
    def _crm_trigger_take_back(self, moves):
        lines = moves._crm_trigger_search_sending()
        executions = self.env["crm.trigger.execution"].sudo().union(*lines.values())  # system task
        verdicts, held = executions._look_again_before_sending(), moves.browse()
        for move, line in lines.items():
            match verdicts.get(line):
                case Skip(reason):
                    line._note_unsent(move, reason)
                case Stop() as verdict:
                    line._note_taken_back(verdict)
                    line.done_part = states.PART_DOCUMENT if line.result_model != line.res_model else False
                case _:
                    continue
            move.sending_data = False
            held |= move
        return held
