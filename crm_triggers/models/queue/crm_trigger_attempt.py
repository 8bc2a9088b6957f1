from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states
from ...engine.retry import Interruption, choose_next

_NONE = Interruption(0, 0)


class CrmTriggerAttempt(models.Model):
    """A worker is processing an execution, or was interrupted while it was.

    Written on a separate cursor before the worker acts, deleted once the outcome is committed. So an attempt at an
    execution that nobody has locked was left by a worker that was killed, whose transaction was lost.
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
        """Record the executions being tried now, and delete the attempts at those ended.

        A step that kills its worker must not affect others: interrupted executions are retried after all others, in
        ever smaller parts (:func:`~..engine.retry.choose_next`).

        :param executions: those this worker has just locked
        :param ended: those it recorded before, whose outcome is committed or rolled back
        :return: the executions to process now, and how often workers were interrupted at them
        """
        with self.env.registry.cursor() as cr:
            # If a database crash loses this row, it would only have warned of that crash.
            cr.execute("SET LOCAL synchronous_commit = off")
            # Not logged as an error: another worker is recording the same executions, and the caller retries.
            if ended:
                forget = "DELETE FROM crm_trigger_attempt WHERE execution_id IN %s"
                cr.execute(forget, [ended._ids], log_exceptions=False)
            chosen, interruptions = self._choose(cr, executions)
            if chosen:
                cr.execute(self._sql_note(chosen), log_exceptions=False)
        return chosen, interruptions

    @api.model
    def _get_step_ids(self):
        """Return the ids of the steps that workers are processing, or were interrupted at, as a set."""
        query = "SELECT DISTINCT e.step_id FROM crm_trigger_attempt JOIN crm_trigger_execution e ON e.id = execution_id"
        return {step_id for (step_id,) in self.env.execute_query(SQL(query)) if step_id}

    @api.autovacuum
    def _gc_ended(self):
        """Delete the attempts of a worker that was killed between committing its batch and deleting them."""
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
