import logging

from psycopg2 import InterfaceError, OperationalError

from odoo import api, models
from odoo.addons.crm_triggers.models.compat import read_number
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import STARTED
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.sql_db import PoolError
from odoo.tools import SQL

from .queue_job import PATIENCE, get_job_seconds

_logger = logging.getLogger(__name__)

JOBS = "crm_triggers_queue_job.jobs"
DEFAULT_JOBS = 4


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    @api.model
    def _dispatch(self):
        """Create a job per due batch; work in this process too if the job runner does not work."""
        keys = self._get_job_keys()
        if not keys or not self._has_runner():
            return super()._dispatch()
        jobs = self.env["queue.job"].sudo()  # whoever the scheduled action's user is
        open_jobs, failures = jobs._crm_trigger_search_open(keys), jobs._crm_trigger_search_failures(keys)
        is_left = bool(failures) or self._is_left_undone(open_jobs)
        if not failures:
            self._ask_for_jobs(open_jobs, keys)
        elif not open_jobs and failures._crm_trigger_may_try_again():
            self._ask_for_jobs(open_jobs, keys[:1])
        self._tell_of_jobs(failures, open_jobs._crm_trigger_get_late())
        return super()._dispatch() if is_left else None

    @api.model
    def _get_job_keys(self):
        """Return the identity keys of the jobs that may exist at once."""
        return [f"crm_triggers {number}" for number in range(self._get_job_limit())]

    @api.model
    def _get_job_limit(self):
        """Return the maximum number of concurrent jobs; 0 if it is not set to a valid number."""
        return read_number(self.env, JOBS, DEFAULT_JOBS, digits=2)

    @api.model
    def _has_runner(self):
        """Return whether a job runner serves this database: it holds a lock."""
        query = SQL(
            "SELECT FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()"
            " WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND classid::bigint << 32 | objid::bigint = %s",
            PG_ADVISORY_LOCK_ID,
        )
        return bool(self.env.execute_query(query))

    @api.model
    def _is_left_undone(self, open_jobs):
        """Return whether a job, or due work, has waited for too long, whatever the state of the jobs."""
        if open_jobs._crm_trigger_get_late():
            return True
        return not open_jobs._crm_trigger_get_at_work() and bool(self._get_waiting(PATIENCE).count)

    @api.model
    def _ask_for_jobs(self, open_jobs, keys):
        """Create as many jobs as batches are due."""
        # A running one may have finished its last search already.
        waiting = open_jobs.filtered(lambda job: job.state != STARTED)
        missing = max(self._count_due_batches(len(keys)) - len(waiting), 0)
        taken = open_jobs.mapped("identity_key")
        for key in [key for key in keys if key not in taken][:missing]:
            self.with_delay(identity_key=key)._work_in_job()

    @api.model
    def _tell_of_jobs(self, failures, late):
        """Report why the job runner does not work, on the jobs and in the server log; once each."""
        started = late.filtered(lambda job: job.state == STARTED)
        told = (
            (failures, self.env._("This job failed; the scheduled action does its work meanwhile.")),
            (started, self.env._("This job did not end; the scheduled action does its work meanwhile.")),
            (late - started, self.env._("This job was not run; the scheduled action does its work in the meantime.")),
        )
        for jobs, text in told:
            if new := jobs.filtered(lambda job: not job.result):
                _logger.warning("Jobs of crm_triggers %s: %s", ", ".join(new.mapped("identity_key")), text)
                new.result = text

    @api.model
    def _work_in_job(self):
        """Run what is due for half the time limit of a request.

        A commit within a job would release it to be run again: this uses a separate cursor.
        """
        try:
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr, context={}))._work(seconds=get_job_seconds())
        except (InterfaceError, OperationalError, PoolError) as error:
            # No connection left, or connection lost: retried according to the retry pattern.
            raise RetryableJobError(str(error)) from error
