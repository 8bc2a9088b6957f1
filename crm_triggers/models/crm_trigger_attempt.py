from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import states


class CrmTriggerAttempt(models.Model):
    """A worker is at an execution, or was interrupted while it was.

    Written on a cursor of its own before the worker acts, removed once the outcome is
    committed. So what is noted here of executions that nobody holds was left behind by a
    worker that was killed, and with it the transaction that would have told.
    """

    _name = "crm.trigger.attempt"
    _description = "Attempt at a Trigger Execution"
    _log_access = False

    execution_id = fields.Many2one("crm.trigger.execution", required=True, readonly=True, ondelete="cascade")
    count = fields.Integer(readonly=True, help="How many workers began and did not tell how it ended.")

    _once = models.UniqueIndex("(execution_id)", "This execution is being tried already.")

    @api.model
    def _begin(self, executions, ended):
        """Note which of these executions are tried now, and that others are no longer.

        A step that kills its worker must not take others along: what was interrupted once is
        tried alone, after all the rest, and what was interrupted most comes last.

        :param executions: those this worker has just locked
        :param ended: those it noted before, and whose outcome is committed or undone
        :return: the executions to carry out now, and how often workers were interrupted at them
        """
        with self.env.registry.cursor() as cr:
            # Lost in a crash of the database, it would only have warned of that crash.
            cr.execute("SET LOCAL synchronous_commit = off")
            if ended:
                cr.execute("DELETE FROM crm_trigger_attempt WHERE execution_id IN %s", [ended._ids])
            chosen, interruptions = self._choose(cr, executions)
            if chosen:
                cr.execute(self._sql_note(chosen))
        return chosen, interruptions

    @api.autovacuum
    def _gc_ended(self):
        """Forget what a worker noted that was killed between committing its batch and telling so."""
        self.search([("execution_id.state", "!=", states.SCHEDULED)]).unlink()

    def _choose(self, cr, executions):
        if not executions:
            return executions, 0
        cr.execute("SELECT execution_id, count FROM crm_trigger_attempt WHERE execution_id IN %s", [executions._ids])
        interruptions = dict(cr.fetchall())
        unsuspected = executions.filtered(lambda execution: execution.id not in interruptions)
        if unsuspected:
            return unsuspected, 0
        chosen = min(executions, key=lambda execution: interruptions[execution.id])
        return chosen, interruptions[chosen.id]

    def _sql_note(self, executions):
        return SQL(
            "INSERT INTO crm_trigger_attempt AS attempt (execution_id, count) VALUES %s"
            " ON CONFLICT (execution_id) DO UPDATE SET count = attempt.count + 1",
            SQL(", ").join(SQL("(%s, 1)", execution.id) for execution in executions),
        )
