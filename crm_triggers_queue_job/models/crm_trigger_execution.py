import logging
from datetime import timedelta

from psycopg2 import InterfaceError, OperationalError

from odoo import api, fields, models
from odoo.addons.crm_triggers.models.compat import read_number
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import ENQUEUED, PENDING, STARTED
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.sql_db import PoolError
from odoo.tools import SQL, config

_logger = logging.getLogger(__name__)

JOBS = "crm_triggers_queue_job.jobs"
DEFAULT_JOBS = 4
PATIENCE = timedelta(minutes=2)  # after which a job that nobody took, or that never ended, is not counted on


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    @api.model
    def _dispatch(self):
        """Ask for a job per batch that is due; work here as long as no runner takes them."""
        keys = [f"crm_triggers {number}" for number in range(self._get_job_limit())]
        open_jobs = [("identity_key", "in", keys), ("state", "in", [PENDING, ENQUEUED, STARTED])]
        jobs = self.env["queue.job"].sudo().search(open_jobs)  # whoever the scheduled action's user is
        if not keys or not self._has_runner() or self._is_late(jobs):
            return super()._dispatch()
        # One that has started may have looked for the last time already.
        waiting = jobs.filtered(lambda job: job.state != STARTED)
        missing = max(self._count_due_batches(len(keys)) - len(waiting), 0)
        taken = jobs.mapped("identity_key")
        for key in [key for key in keys if key not in taken][:missing]:
            self.with_delay(identity_key=key)._work_in_job()
        return None

    @api.model
    def _get_job_limit(self):
        """Return how many jobs there may be at once; 0, or what is no such number, is none."""
        return read_number(self.env, JOBS, DEFAULT_JOBS, digits=2)

    @api.model
    def _has_runner(self):
        """Tell whether some machine runs the jobs of this database: its runner holds a lock."""
        query = SQL(
            "SELECT FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()"
            " WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND classid::bigint << 32 | objid::bigint = %s",
            PG_ADVISORY_LOCK_ID,
        )
        return bool(self.env.execute_query(query))

    @api.model
    def _is_late(self, jobs):
        """Tell whether a job waits for too long, and say so in the log and on the job, once."""
        since = fields.Datetime.now() - PATIENCE
        late = jobs.filtered(lambda job: (job.date_started or job.date_created) < since)
        new = late.filtered(lambda job: not job.result)
        if new:
            _logger.warning("Nobody runs the jobs of crm_triggers; the scheduled action does their work.")
            new.result = self.env._("Nobody ran this job; the scheduled action does its work meanwhile.")
        return bool(late)

    @api.model
    def _work_in_job(self):
        """Carry out what triggers have due, for half the time that a request may take.

        A commit within a job would free it to be run again: this has a cursor of its own.
        """
        try:
            with self.env.registry.cursor() as cr:
                seconds = min(config["limit_time_cpu"], config["limit_time_real"]) / 2
                self.with_env(self.env(cr=cr, context={}))._work(seconds=seconds)
        except (InterfaceError, OperationalError, PoolError) as error:
            # No connection left, or it was lost: another time, as the retry pattern says.
            raise RetryableJobError(str(error)) from error
