from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import fields
from odoo.addons.crm_triggers_queue_job.hooks import uninstall_hook
from odoo.addons.crm_triggers_queue_job.models.crm_trigger_execution import JOBS
from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.tests import tagged

from .dispatch_case import LOGGER, DispatchCase


@tagged("post_install", "-at_install")
class TestDispatch(DispatchCase):
    """Jobs are created where a runner exists, and do what the scheduled action would."""

    # Asking for jobs

    def test_without_a_runner_the_scheduled_action_does_it(self):
        """Fails without ``_has_runner``: due steps wait for a runner that does not exist."""
        leads = self._drag_leads(3)

        self._run_worker()

        self.assertEqual(self._get_states(leads), {"done"})
        self.assertFalse(self._get_jobs())

    def test_with_a_runner_a_job_is_asked_for_each_batch(self):
        self._start_runner()
        leads = self._drag_leads(5)

        with self.trap_jobs() as trap:
            self._run_worker()

        self.assertEqual(self._get_states(leads), {"scheduled"})
        trap.assert_jobs_count(3, only=self.executions._work_in_job)
        self.assertEqual([job.channel for job in trap.enqueued_jobs], ["root.crm_triggers"] * 3)
        self.assertEqual([job.identity_key for job in trap.enqueued_jobs], [f"crm_triggers {i}" for i in range(3)])

    def test_nothing_due_asks_for_no_job(self):
        self._start_runner()

        self._run_worker()

        self.assertFalse(self._get_jobs())

    def test_no_more_jobs_than_the_parameter_says(self):
        self._start_runner()
        self.env["ir.config_parameter"].set_param(JOBS, "2")
        self._drag_leads(9)

        self._run_worker()
        self._get_jobs().state = "started"
        self._run_worker()

        self.assertEqual(len(self._get_jobs()), 2)

    def test_parameter_that_is_no_number_of_jobs_leaves_it_to_the_scheduled_action(self):
        self._start_runner()
        for value in ("0", "-1", "many", "1000"):
            self.env["ir.config_parameter"].set_param(JOBS, value)
            leads = self._drag_leads(1)
            self._run_worker()
            self.assertEqual(self._get_states(leads), {"done"}, value)
        self.assertFalse(self._get_jobs())

    def test_waiting_jobs_are_not_asked_for_again(self):
        self._start_runner()
        self._drag_leads(3)

        self._run_worker()
        self._run_worker()

        self.assertEqual(len(self._get_jobs()), 2)

    def test_started_job_may_have_looked_already(self):
        """Fails without ``waiting``: what fell due while it ended would wait for a minute."""
        self._start_runner()
        self._drag_leads(1)
        self._run_worker()
        self._get_jobs().state = "started"

        self._run_worker()

        self.assertEqual(self._get_jobs().mapped("identity_key"), ["crm_triggers 0", "crm_triggers 1"])

    # Jobs that are not started, or never end

    def test_job_that_nobody_takes_is_not_waited_for(self):
        """Promise 2. Fails without ``_is_late``; reported once, and over as soon as a job starts."""
        self._start_runner()
        leads = self._drag_leads(3)
        self._run_worker()
        self._run_later(seconds=119)
        self.assertEqual(self._get_states(leads), {"scheduled"})

        with self.assertLogs(LOGGER, "WARNING"):
            self._run_later(seconds=2)
        self.assertEqual(self._get_states(leads), {"done"})
        self.assertIn("This job was not run", self._get_jobs()[0].result)
        leads = self._drag_leads(1)
        with self.assertNoLogs(LOGGER, "WARNING"):
            self._run_later(minutes=1)
        self.assertEqual(self._get_states(leads), {"done"})

        self._get_jobs().state = "done"
        leads = self._drag_leads(1)
        self._run_later(minutes=1)
        self.assertEqual(self._get_states(leads), {"scheduled"})

    def test_job_that_never_ends_is_not_waited_for(self):
        """All machines crashed, and came back without a runner to clean up."""
        self._start_runner()
        leads = self._drag_leads(9)
        self._run_worker()
        self._get_jobs().write({"state": "started", "date_started": fields.Datetime.now()})

        with self.assertLogs(LOGGER, "WARNING"):
            self._run_later(minutes=3)

        self.assertEqual(self._get_states(leads), {"done"})

    # What a job does

    def test_job_does_all_that_is_due_and_its_runner_allows_it(self):
        """``queue_job`` forbids commits within a job. Fails without the separate cursor."""
        self._start_runner()
        leads = self._drag_leads(5)

        with self._job() as job:
            RunJobController._try_perform_job(self.env, job)

        self.assertEqual(self._get_states(leads), {"done"})
        self.assertEqual([len(lead.activity_ids) for lead in leads], [1] * 5)
        self.assertEqual(job.state, "done")

    def test_job_run_twice_does_nothing_twice(self):
        """Promise 1, under a queue that promises *at least once*."""
        self._start_runner()
        leads = self._drag_leads(5)

        with self._job() as job:
            job.perform()
            job.perform()

        self.assertEqual([len(lead.activity_ids) for lead in leads], [1] * 5)

    def test_job_takes_half_the_time_of_a_request(self):
        self._start_runner()
        self._drag_leads(1)

        with self._job() as job, patch.object(type(self.executions), "_work") as work:
            job.perform()

        work.assert_called_once_with(seconds=30)

    def test_job_that_gets_no_connection_is_tried_again_soon(self):
        """Fails without ``RetryableJobError``: the job fails and a user has to requeue it."""
        self._start_runner()
        leads = self._drag_leads(1)

        with self._job() as job:
            full = patch.object(self.registry, "cursor", side_effect=OperationalError("too many clients"))
            with full, self.assertRaisesRegex(RetryableJobError, "too many clients"):
                job.perform()

        self.assertEqual([job._get_retry_seconds(), job.job_config.retry_pattern[4]], [5, 60])
        self.assertEqual(self._get_states(leads), {"scheduled"})

    def test_no_job_is_left_when_the_add_on_goes(self):
        """Its method is gone then. Fails without ``uninstall_hook``: jobs stayed and failed for ever."""
        self._start_runner()
        self._drag_leads(6)
        self._run_worker()
        jobs = self._get_jobs()
        self.assertGreater(len(jobs), 1)
        started = Job.load(self.env, jobs[0].uuid)
        started.set_started()
        started.store()

        uninstall_hook(self.env)

        self.assertEqual(jobs.exists().mapped("state"), ["cancelled"])
