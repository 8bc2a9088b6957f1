from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.queue_job.job import DONE, ENQUEUED, FAILED, PENDING, STARTED
from odoo.tools import SQL, config

PATIENCE = timedelta(minutes=2)  # after which a job that was not started, or never ended, counts as failed
REMEMBERED = timedelta(days=1)  # how long a failure of a job counts
RARELY = 60  # maximum minutes between two tries, once jobs fail
UNLIMITED = 3600  # seconds used as the limit where there is none
MANY = 10  # failures beyond which the delay no longer grows
OPEN = [PENDING, ENQUEUED, STARTED]


class QueueJob(models.Model):
    """The jobs of triggers: which are running, and which have failed."""

    _inherit = "queue.job"

    @api.model
    def _crm_trigger_search_open(self, keys):
        """Return the jobs with these identity keys that are waiting or running."""
        return self.search([("identity_key", "in", keys), ("state", "in", OPEN)])

    @api.model
    def _crm_trigger_search_failures(self, keys):
        """Return the jobs of the last day that failed since one was done; the newest first."""
        mine, since = [("identity_key", "in", keys)], fields.Datetime.now() - REMEMBERED
        failed = [*mine, ("state", "=", FAILED), ("date_created", ">=", since)]
        failures = self.search(failed, order="id desc", limit=MANY)
        done = [*mine, ("state", "=", DONE), ("id", ">", failures[-1:].id)]
        last_done = failures and self.search(done, order="id desc", limit=1)
        return failures.filtered(lambda job: job.id > last_done.id)

    def _crm_trigger_get_at_work(self):
        """Return the running jobs: not longer than a job may take, or as long as its lock is held."""
        started = self.filtered(lambda job: job.state == STARTED)
        now, held = fields.Datetime.now(), started._crm_trigger_get_held_ids()
        usual = timedelta(seconds=get_job_seconds()) + PATIENCE
        longest = timedelta(seconds=max(config["limit_time_real"], 0) or UNLIMITED) + PATIENCE
        return started.filtered(
            lambda job: now - (job.date_started or job.date_created) < (longest if job.id in held else usual)
        )

    def _crm_trigger_get_held_ids(self):
        """Return the ids of the jobs whose lock a transaction holds, as a set.

        Read from PostgreSQL's locks: trying to lock would hold it for a moment, in which the job could not start.
        """
        if not self:
            return set()
        query = SQL(
            "SELECT l.queue_job_id FROM queue_job_lock l WHERE l.queue_job_id IN %s AND EXISTS (SELECT FROM pg_locks"
            " WHERE locktype = 'transactionid' AND granted AND transactionid = l.xmax)",
            self._ids,
        )
        return {job_id for (job_id,) in self.env.execute_query(query)}

    def _crm_trigger_get_late(self):
        """Return the jobs that were not started, or did not end, for too long. One that waits while another is
        running has its turn later.
        """
        since, at_work = fields.Datetime.now() - PATIENCE, self._crm_trigger_get_at_work()
        late = self.filtered(lambda job: job.state == STARTED) - at_work
        if not at_work:
            late |= self.filtered(lambda job: job.state in (PENDING, ENQUEUED) and job.date_created < since)
        return late

    def _crm_trigger_may_try_again(self):
        """Return whether these failures were long enough ago: the delay grows with their number."""
        # The scheduled action runs each minute, with a tolerance.
        pause = timedelta(minutes=min(2 ** (len(self) - 1), RARELY), seconds=-5)
        return self[:1].date_created <= fields.Datetime.now() - pause


def get_job_seconds():
    """Return how long a job may process batches: half the time limit of a request, or half an hour without a limit."""
    limits = [limit for limit in (config["limit_time_cpu"], config["limit_time_real"]) if limit > 0]
    return min(limits, default=UNLIMITED) / 2
