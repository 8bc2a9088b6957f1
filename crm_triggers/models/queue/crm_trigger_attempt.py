from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states
from ...engine.retry import Interruption, choose_next

_NONE = Interruption(0, 0)


class CrmTriggerAttempt(models.Model):
    """A worker is at an execution, or was interrupted while it was.

    Written on a cursor of its own before the worker acts, removed once the outcome is
    committed. So what is noted here of executions that nobody holds was left behind by a
    worker that was killed, and with it the transaction that would have told.
    """

    _name = "crm.trigger.attempt"
    _description = "Attempt of an Execution"
    _log_access = False

    execution_id = fields.Many2one("crm.trigger.execution", required=True, readonly=True, ondelete="cascade")
    count = fields.Integer(
        readonly=True,
        help="How many workers started it and were interrupted. A worker that processed several together counts once.",
    )
    size = fields.Integer(
        readonly=True, help="How many executions the last interrupted worker was processing together."
    )

    _once = models.UniqueIndex("(execution_id)", "This execution is already in progress.")

    @api.model
    def _begin(self, executions, ended):
        """Note which of these executions are tried now, and that others are no longer.

        A step that kills its worker must not take others along: what was interrupted is tried
        after all the rest, in ever smaller parts (:func:`~..engine.retry.choose_next`).

        :param executions: those this worker has just locked
        :param ended: those it noted before, and whose outcome is committed or undone
        :return: the executions to carry out now, and how often workers were interrupted at them
        """
        with self.env.registry.cursor() as cr:
            # Lost in a crash of the database, it would only have warned of that crash.
            cr.execute("SET LOCAL synchronous_commit = off")
            # Not logged as an error: whoever has some of them meanwhile notes it just now, and the caller tries again.
            if ended:
                forget = "DELETE FROM crm_trigger_attempt WHERE execution_id IN %s"
                cr.execute(forget, [ended._ids], log_exceptions=False)
            chosen, interruptions = self._choose(cr, executions)
            if chosen:
                cr.execute(self._sql_note(chosen), log_exceptions=False)
        return chosen, interruptions

    @api.model
    def _get_step_ids(self):
        """Return the ids of the steps that workers are at, or were interrupted at, as a set."""
        query = "SELECT DISTINCT e.step_id FROM crm_trigger_attempt JOIN crm_trigger_execution e ON e.id = execution_id"
        return {step_id for (step_id,) in self.env.execute_query(SQL(query)) if step_id}

    @api.autovacuum
    def _gc_ended(self):
        """Forget what a worker noted that was killed between committing its batch and telling so."""
        self.search([("execution_id.state", "!=", states.SCHEDULED)]).unlink()

    def _choose(self, cr, executions):
        if not executions:
            return executions, 0
        cr.execute(
            "SELECT execution_id, count, coalesce(size, 1) FROM crm_trigger_attempt WHERE execution_id IN %s",
            [executions._ids],
        )
        interruptions = {line[0]: Interruption(*line[1:]) for line in cr.fetchall()}
        chosen = executions.browse(choose_next(executions._ids, interruptions))
        return chosen, interruptions.get(chosen[0].id, _NONE).count

    def _sql_note(self, executions):
        return SQL(
            "INSERT INTO crm_trigger_attempt AS attempt (execution_id, count, size) VALUES %s"
            " ON CONFLICT (execution_id) DO UPDATE SET size = excluded.size,"
            " count = attempt.count + CASE WHEN excluded.size = 1 THEN 1 ELSE 0 END",
            SQL(", ").join(SQL("(%s, 1, %s)", execution.id, len(executions)) for execution in executions),
        )
