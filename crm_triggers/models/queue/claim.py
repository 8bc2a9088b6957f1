from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...engine import states

BATCH = 500  # executions of one step claimed at once: what one create() of activities takes in a second
HEAVY_BATCH = 50  # of steps that render, post or run code, so that a batch ends well before a worker's time limit
QUICK_SECONDS = 1.0  # if 50 of them took no longer the next batch may be as big as any
SLOW_BATCH = 10  # of steps that make a PDF each, at up to some seconds
MAX_CONFLICTS = 5  # meetings with other transactions before making room


class CrmTriggerExecution(models.Model):
    """The queue: what is due, and how much of it a worker takes at once."""

    _inherit = "crm.trigger.execution"

    @api.model
    def _claim(self, run_ids=None, quick_ids=()):
        """Lock and return a batch of due executions, of one step, that no other worker holds.

        Must be called right after a commit: with an older snapshot a row that another worker
        has just ended raises a serialization failure instead of being skipped. Who meets others
        again and again makes room, and has the worker come back: the queue need not be empty.
        """
        for _try in range(MAX_CONFLICTS):
            try:
                # Not logged as an error: it is tried again at once, with a newer snapshot.
                self.env.cr.execute(self._sql_due(run_ids, quick_ids), log_exceptions=False)
                return self.browse(row[0] for row in self.env.cr.fetchall())
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
        self.env["crm.trigger.run"]._wake_worker()
        self.env["ir.cron"]._commit_progress()
        return self.browse()

    def _sql_due(self, run_ids, quick_ids):
        """The free one that is due first, and others of the same step."""
        due = self._sql_is_due()
        if run_ids:
            due = SQL("%s AND e.run_id IN %s", due, tuple(run_ids))
        return SQL(
            "WITH first AS (SELECT e.step_id, %(size)s AS size FROM crm_trigger_execution e"
            " JOIN crm_trigger_rule r ON r.id = e.rule_id AND r.state IN %(active)s AND r.active"
            " JOIN crm_trigger_step s ON s.id = e.step_id"
            " WHERE %(due)s ORDER BY e.scheduled_at, e.id LIMIT 1 FOR NO KEY UPDATE OF e SKIP LOCKED)"
            " SELECT e.id FROM crm_trigger_execution e JOIN first ON first.step_id = e.step_id"
            " WHERE %(due)s ORDER BY e.scheduled_at, e.id"
            " LIMIT (SELECT size FROM first)"
            " FOR NO KEY UPDATE OF e SKIP LOCKED",
            active=states.ACTIVE,
            due=due,
            size=self._sql_batch_size(quick_ids),
        )

    @api.model
    def _sql_batch_size(self, quick_ids=()):
        """Return how many executions of a step (``s``) a worker takes at once, in SQL.

        :param quick_ids: steps whose last batch was quick
        """
        get_kinds = self.env["crm.trigger.step"]._get_kinds_where
        return SQL(
            "CASE WHEN s.kind IN %s THEN %s WHEN s.kind IN %s OR s.id IN %s THEN %s ELSE %s END",
            get_kinds("batch", "slow"),
            SLOW_BATCH,
            get_kinds("batch", "light"),
            tuple(quick_ids) or (0,),
            BATCH,
            HEAVY_BATCH,
        )

    def _sql_is_due(self):
        paused = self.env["crm.trigger.pause"]._sql_is_paused(SQL("e.res_model"), SQL("e.res_id"))
        return SQL("e.state = 'scheduled' AND e.scheduled_at <= %s AND NOT %s", fields.Datetime.now(), paused)

    def _time_batch(self, seconds, quick_ids):
        """Note whether the next batch of this step may be a bigger one, which costs less for each.

        :param set quick_ids: steps of which it may; changed in place
        """
        if seconds * HEAVY_BATCH <= QUICK_SECONDS * len(self):
            quick_ids.add(self[:1].step_id.id)
        else:
            quick_ids.discard(self[:1].step_id.id)
