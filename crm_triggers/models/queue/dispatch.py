from odoo import api, models
from odoo.tools import SQL

from ...engine import states
from ..stopping import is_stopping
from .claim import BATCH


class CrmTriggerExecution(models.Model):
    """The scheduled action: when work is due, and who carries it out."""

    _inherit = "crm.trigger.execution"

    @api.model
    def _cron_execute(self):
        """Run all that is due; warn if the other scheduled action, which monitors the queue, no longer runs, or if
        this one falls behind.
        """
        self._dispatch()
        if not is_stopping():
            self.env["crm.trigger.rule"]._follow_standstill()
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _dispatch(self):
        """Run what is due in this process, as long as the job has time.

        Hook for add-ons that run it in other processes: each calls ``_work``, any number of them in parallel.
        """
        self._work()

    @api.model
    def _count_due_batches(self, limit):
        """Return how many batches are due, at most ``limit``, including those a worker is processing."""
        steps = SQL(
            "SELECT e.step_id, %s AS size FROM crm_trigger_execution e"
            " JOIN crm_trigger_rule r ON r.id = e.rule_id AND r.state IN %s AND r.active"
            " JOIN crm_trigger_step s ON s.id = e.step_id WHERE %s LIMIT %s",
            self._sql_batch_size(),
            states.ACTIVE,
            self._sql_is_due(),
            limit * BATCH,
        )
        batches = SQL(
            "SELECT ceil(count(*)::numeric / size) AS count FROM (%s) AS e GROUP BY step_id, size",
            steps,
        )
        query = SQL("SELECT least(coalesce(sum(count), 0), %s)::int FROM (%s) AS batches", limit, batches)
        return self.env.execute_query(query)[0][0]
