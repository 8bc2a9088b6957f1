from time import monotonic

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...engine import states
from ..isolation import OutOfTime

BATCH = 500  # executions of one step claimed at once: the activities one create() makes in a second
HEAVY_BATCH = 50  # of steps that render, post or run code, so that a batch ends well before a worker's time limit
QUICK_SECONDS = 1.0  # if 50 of them took less time, the next batch may have the full size
SLOW_BATCH = 10  # of steps that render a PDF each, which takes up to some seconds
DRAIN_BATCH = 4  # of steps that render or post, while the user's save waits
MAX_CONFLICTS = 5  # conflicts with other transactions before this worker backs off
WORKER_LOCK_TIMEOUT = "2s"  # for a lock; then the step is postponed, and others are done first
UNDRAINED_SECONDS = 3600.0  # how long a process leaves a step to the worker after it held up a save

# Earliest time (``monotonic``) at which this process may drain a step again, by database and id: it was too slow.
_UNDRAINED: dict[tuple[str, int], float] = {}


class CrmTriggerExecution(models.Model):
    """The queue: what is due, and how many executions a worker claims at once."""

    _inherit = "crm.trigger.execution"

    @api.model
    def _claim(self, run_ids=None, quick_ids=(), aside_ids=()):
        """Lock and return a batch of due executions, of one step, that no other worker holds.

        Must be called right after a commit: with an older snapshot, a row that another worker has just ended raises
        a serialization failure instead of being skipped. After repeated conflicts this worker backs off and
        schedules the next one: the queue may not be empty.

        :param run_ids: only these runs, and only steps allowed while the user's save waits
        :param aside_ids: steps to claim only when no other is due
        :raises OutOfTime: the time limit, if any, is reached
        """
        for _try in range(MAX_CONFLICTS):
            try:
                due = self._sql_due(run_ids, quick_ids, aside_ids)
                # Not logged as an error: retried immediately, with a newer snapshot.
                query = SQL("SET LOCAL lock_timeout = %s; %s", WORKER_LOCK_TIMEOUT, due)
                self.env.cr.execute(query, log_exceptions=False)
                return self.browse(row[0] for row in self.env.cr.fetchall())
            except OutOfTime:
                raise
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
        self.env["crm.trigger.run"]._wake_worker()
        self.env["ir.cron"]._commit_progress()
        return self.browse()

    def _sql_due(self, run_ids, quick_ids, aside_ids=()):
        """The unlocked execution that is due first, and others of the same step."""
        due, taken = self._sql_is_due(), SQL("TRUE")
        if run_ids is not None:
            due = SQL("%s AND e.run_id IN %s", due, tuple(run_ids) or (0,))
            taken = self._sql_is_drained()
        if aside_ids:
            taken = SQL("%s AND s.id NOT IN %s", taken, tuple(aside_ids))
        return SQL(
            "WITH first AS (SELECT e.step_id, %(size)s AS size FROM crm_trigger_execution e"
            " JOIN crm_trigger_rule r ON r.id = e.rule_id AND r.state IN %(active)s AND r.active"
            " JOIN crm_trigger_step s ON s.id = e.step_id"
            " WHERE %(due)s AND %(taken)s ORDER BY e.scheduled_at, e.id LIMIT 1 FOR NO KEY UPDATE OF e SKIP LOCKED)"
            " SELECT e.id FROM crm_trigger_execution e JOIN first ON first.step_id = e.step_id"
            " WHERE %(due)s ORDER BY e.scheduled_at, e.id"
            " LIMIT (SELECT size FROM first)"
            " FOR NO KEY UPDATE OF e SKIP LOCKED",
            active=states.ACTIVE,
            due=due,
            taken=taken,
            size=self._sql_batch_size(quick_ids, HEAVY_BATCH if run_ids is None else DRAIN_BATCH),
        )

    @api.model
    def _sql_batch_size(self, quick_ids=(), heavy=None):
        """Return the SQL for how many executions of a step (``s``) a worker claims at once.

        :param quick_ids: steps whose last batch was fast
        :param int heavy: batch size of steps that are neither light nor slow
        """
        get_kinds = self.env["crm.trigger.step"]._get_kinds_where
        return SQL(
            "CASE WHEN s.kind IN %s THEN %s WHEN s.kind IN %s OR s.id IN %s THEN %s ELSE %s END",
            get_kinds("batch", "slow"),
            SLOW_BATCH,
            get_kinds("batch", "light"),
            tuple(quick_ids) or (0,),
            BATCH,
            heavy or HEAVY_BATCH,
        )

    @api.model
    def _sql_is_drained(self):
        """Return the condition that a step (``s``) may run while the user's save waits: no step that takes seconds
        per record, no code or webhook of an administrator, which cannot be interrupted, and none that was too slow.
        """
        get_kinds = self.env["crm.trigger.step"]._get_kinds_where
        kinds = (*get_kinds("batch", "slow"), *get_kinds("drained", False), "")
        return SQL("s.kind NOT IN %s AND s.id NOT IN %s", kinds, tuple(self._get_undrained_ids()) or (0,))

    @api.model
    def _get_undrained_ids(self):
        """Return the ids of the steps that recently held up a save in this process."""
        now, dbname = monotonic(), self.env.cr.dbname
        return [step_id for (name, step_id), until in tuple(_UNDRAINED.items()) if name == dbname and until > now]

    @api.model
    def _leave_to_worker(self, step_id):
        """Leave this step to the worker for an hour: it held up a save."""
        _UNDRAINED[self.env.cr.dbname, step_id] = monotonic() + UNDRAINED_SECONDS

    @api.model
    def _has_undrained(self, run_ids):
        """Return whether some of these runs have due steps that only the worker runs."""
        query = SQL(
            "SELECT FROM crm_trigger_execution e JOIN crm_trigger_step s ON s.id = e.step_id"
            " WHERE %s AND e.run_id IN %s AND NOT (%s) LIMIT 1",
            self._sql_is_due(),
            tuple(run_ids) or (0,),
            self._sql_is_drained(),
        )
        self.env.cr.execute(query)
        return bool(self.env.cr.rowcount)

    def _time_batch(self, seconds, quick_ids):
        """Note whether the next batch of this step may be bigger, which costs less per execution.

        Executions that were skipped or done together with another took no time and do not count.

        :param set quick_ids: steps that may have bigger batches; changed in place
        """
        done = self.exists().filtered(lambda line: line.state == states.DONE and not line.together_id)
        if done and seconds * HEAVY_BATCH <= QUICK_SECONDS * len(done):
            quick_ids.add(done[0].step_id.id)
        else:
            quick_ids.discard(self[:1].step_id.id)
