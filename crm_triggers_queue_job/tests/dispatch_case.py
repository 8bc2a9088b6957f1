from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_triggers.models.queue import claim, dispatch
from odoo.addons.crm_triggers.tests.common import CrmTriggersCommon
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.addons.queue_job.tests.common import JobMixin

LOGGER = "odoo.addons.crm_triggers_queue_job.models.crm_trigger_execution"


class DispatchCase(JobMixin, CrmTriggersCommon):
    """A rule with steps in batches of two, and jobs that run them."""

    def setUp(self):
        super().setUp()
        self.executions = self.env["crm.trigger.execution"]
        self.counter = self.job_counter()
        self._rule_on_offer()
        for module in (dispatch, claim):
            self.enterContext(patch.object(module, "BATCH", 2))

    def _start_runner(self):
        """Hold the lock that marks a running job runner."""
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", [PG_ADVISORY_LOCK_ID])

    def _drag_leads(self, count):
        leads = self._create_leads(count)
        self._drag(leads, self.stage_offer)
        return leads

    def _get_states(self, leads):
        return set(self._get_executions(leads).mapped("state"))

    def _get_jobs(self):
        return self.counter.search_created().sorted("identity_key")

    @contextmanager
    def _job(self):
        """Yield a job that can be run, with separate cursors."""
        self._run_worker()
        job = Job.load(self.env, self._get_jobs()[0].uuid)
        with self._other_cursors():
            yield job
        self._new_transaction()

    def _run_later(self, **delay):
        self._move_to(fields.Datetime.now() + timedelta(**delay))
        self._run_worker()
