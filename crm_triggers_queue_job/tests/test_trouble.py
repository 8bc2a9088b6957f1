from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.queue_job.job import Job
from odoo.tests import tagged

from .dispatch_case import LOGGER, DispatchCase

CONFIG = "odoo.addons.crm_triggers_queue_job.models.queue_job.config.options"


@tagged("post_install", "-at_install")
class TestTrouble(DispatchCase):
    """Promise 2: jobs that fail, hang or wait are not counted on; those at work are left to it."""

    def setUp(self):
        super().setUp()
        self._start_runner()

    def _end_jobs(self, state):
        jobs = self._get_jobs().filtered(lambda job: job.state == "pending")
        jobs.write({"state": state, **({"exc_info": "MemoryError"} if state == "failed" else {})})
        return jobs

    def _start_jobs(self, jobs, **ago):
        jobs.write({"state": "started", "date_started": fields.Datetime.now() - timedelta(**ago)})

    # Jobs that fail

    def test_jobs_that_all_fail_leave_nothing_undone(self):
        """Fails without ``_crm_trigger_search_failures``: a new job is asked for each minute, and fails."""
        leads = self._drag_leads(3)
        self._run_worker()
        self._end_jobs("failed")

        with self.assertLogs(LOGGER, "WARNING") as logs:
            self._run_later(minutes=1)

        self.assertEqual(self._get_states(leads), {"done"})
        self.assertIn("fail", logs.output[0])
        self.assertIn("scheduled action does its work", self._get_jobs().filtered("exc_info")[0].result)

    def test_jobs_that_fail_are_told_to_who_asks_how_rules_are(self):
        """Fails without ``_get_health_problems``; the work is done meanwhile, so no owner is alarmed."""
        rules = self.env["crm.trigger.rule"].with_user(self.manager)
        self._drag_leads(1)
        self._run_worker()
        self._end_jobs("failed")
        self._run_later(minutes=1)
        self.assertIn("Jobs of rules fail", str(rules.get_health()["problems"]))

        self._end_jobs("done")
        self.assertNotIn("Jobs of rules", str(rules.get_health()["problems"]))
        self._drag_leads(1)
        self._run_worker()
        self._move_to(fields.Datetime.now() + timedelta(minutes=3))
        self.assertIn("Jobs of rules are not run", str(rules.get_health()["problems"]))

    def test_failing_jobs_are_tried_ever_more_rarely(self):
        """Jobs resume without intervention; nor are a thousand a day created in vain."""
        self._drag_leads(1)
        self._run_worker()
        for _minute in range(120):
            self._end_jobs("failed")
            self._drag_leads(1)
            self._run_later(minutes=1)

        self.assertLess(len(self._get_jobs()), 12)
        self.assertEqual(set(self._get_executions(self.env["crm.lead"].search([])).mapped("state")), {"done"})

    def test_jobs_that_run_again_are_counted_on_again(self):
        self._drag_leads(1)
        self._run_worker()
        self._end_jobs("failed")
        self._drag_leads(1)
        self._run_later(minutes=1)  # tries another one
        self._end_jobs("done")

        leads = self._drag_leads(1)
        self._run_later(minutes=1)

        self.assertEqual(self._get_states(leads), {"scheduled"})
        self._end_jobs("done")

    def test_failure_of_long_ago_says_nothing(self):
        self._drag_leads(1)
        self._run_worker()
        self._end_jobs("failed")
        self._run_later(minutes=1)
        self._end_jobs("failed")

        self._move_to(fields.Datetime.now() + timedelta(days=2))
        leads = self._drag_leads(1)
        self._run_worker()

        self.assertEqual(self._get_states(leads), {"scheduled"})

    def test_jobs_that_end_without_doing_anything_are_not_counted_on(self):
        """Set to done by hand, or run on another database. Fails without ``_get_waiting`` in ``_is_left_undone``."""
        for state in ("done", "cancelled"):
            leads = self._drag_leads(1)
            self._run_worker()
            for _minute in range(4):
                self._end_jobs(state)
                self._run_later(minutes=1)
            self.assertEqual(self._get_states(leads), {"done"}, state)
            self._get_jobs().unlink()

    # Jobs at work

    def test_job_at_work_for_as_long_as_limits_allow_is_left_to_it(self):
        """Fails without the limits in ``_crm_trigger_get_at_work``: it "was run by nobody" after two minutes."""
        leads = self._drag_leads(1)
        self._run_worker()
        self._start_jobs(self._get_jobs(), minutes=3)

        with (
            patch.dict(CONFIG, {"limit_time_cpu": 600, "limit_time_real": 1200}),
            self.assertNoLogs(LOGGER, "WARNING"),
        ):
            self._run_worker()

        self.assertFalse(self._get_jobs()[0].result)
        self.assertEqual(self._get_states(leads), {"scheduled"})

    def test_job_whose_lock_is_held_is_at_work(self):
        leads = self._drag_leads(1)
        self._run_worker()
        self._start_jobs(self._get_jobs(), minutes=3)
        job = Job.load(self.env, self._get_jobs().uuid)
        self.env.flush_all()
        job.add_lock_record()
        self.assertTrue(job.lock())

        with patch.dict(CONFIG, {"limit_time_cpu": 60, "limit_time_real": 600}), self.assertNoLogs(LOGGER, "WARNING"):
            self._run_worker()

        self.assertEqual(self._get_states(leads), {"scheduled"})

    def test_job_that_waits_behind_one_at_work_is_not_late(self):
        """The channel holds fewer than the parameter says."""
        leads = self._drag_leads(3)
        self._run_worker()
        first = self._get_jobs()[0]
        self._move_to(fields.Datetime.now() + timedelta(minutes=3))
        self._start_jobs(first, seconds=10)

        with self.assertNoLogs(LOGGER, "WARNING"):
            self._run_worker()

        self.assertFalse(any(self._get_jobs().mapped("result")))
        self.assertEqual(self._get_states(leads), {"scheduled"})

    def test_job_that_never_ends_says_so(self):
        leads = self._drag_leads(1)
        self._run_worker()
        self._start_jobs(self._get_jobs(), hours=1)

        with self.assertLogs(LOGGER, "WARNING"):
            self._run_worker()

        self.assertIn("did not end", self._get_jobs()[0].result)
        self.assertEqual(self._get_states(leads), {"done"})
