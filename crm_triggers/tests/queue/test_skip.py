from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestSkip(CrmTriggersCommon):
    """Passing a planned or failed step over by hand, and reading what failed."""

    def _start(self, *steps, count=1):
        self._rule_on_offer([{**step, "sequence": number} for number, step in enumerate(steps)])
        leads = self._create_leads(count)
        self._drag(leads, self.stage_offer)
        return leads

    def _start_failing(self, count=1):
        """Return leads whose first step failed for good, with a second step behind it."""
        self._create_rule(
            user=self.admin,
            filter_domain=[("stage_id", "=", self.stage_offer.id)],
            steps=[self._code("raise UserError('Seven')"), self._task(sequence=20)],
        )
        leads = self._create_leads(count)
        self._drag(leads, self.stage_offer)
        self._get_executions(leads).write({"attempts": 5})
        with mute_logger("odoo.addons.crm_triggers.models.isolation"):
            self._run_worker()
        self.assertEqual(set(self._get_executions(leads).mapped("state")), {"error"})
        return leads

    def test_skip_planned_goes_on_with_the_next(self):
        """Fails without ``_plan`` in ``action_skip``."""
        lead = self._start(self._task("First", delay_count=3), self._task("Second", delay_count=2))

        self._get_executions(lead).with_user(self.sam).action_skip()
        self._new_transaction()

        self.assertExecutions(lead, [("First", "skipped", "manual"), ("Second", "scheduled")])
        self.assertPlannedFor(lead, "2026-02-04 09:00")

    def test_skip_last_step_ends_the_run(self):
        lead = self._start(self._task(delay_count=3))

        self._get_executions(lead).with_user(self.sam).action_skip()
        self._new_transaction()
        self._run_until("2026-02-06 10:00")

        self.assertExecutions(lead, [("Call", "skipped", "manual")])
        self.assertEqual(self._get_runs(lead).state, "done")

    def test_skip_failed_of_many_records_takes_their_runs_up_again(self):
        """In bulk, from the list. Fails without ``_mark`` of the runs in ``action_skip``."""
        leads = self._start_failing(count=3)

        self._get_executions(leads).with_user(self.sam).action_skip()
        self._run_worker()

        self.assertEqual(self._get_runs(leads).mapped("state"), ["done"] * 3)
        self.assertEqual([len(lead.sudo().activity_ids) for lead in leads], [1, 1, 1])

    def test_skip_leaves_what_has_ended_alone(self):
        lead = self._start(self._task())
        self._run_worker()

        self._get_executions(lead).with_user(self.sam).action_skip()
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "done")])

    def test_skip_is_for_who_may_change_the_record(self):
        """Promise 8. Fails without ``_check_may_act`` in ``action_skip``."""
        lead = self._start(self._task(delay_count=3))

        with self.assertRaises(AccessError):
            self._get_executions(lead).with_user(self.tom).action_skip()

    def test_failure_is_told_in_words_and_its_traceback_to_the_administrator_only(self):
        """Fails without ``groups`` of ``traceback``."""
        execution = self._get_executions(self._start_failing())

        self.assertRegex(execution.with_user(self.sam).error, r"Rule “Rule”, step “Code”: fix .*Seven")
        self.assertNotIn("Traceback", execution.error)
        self.assertIn("Traceback", execution.with_user(self.admin).traceback)
        with self.assertRaises(AccessError):
            execution.with_user(self.manager).read(["traceback"])

    def test_traceback_goes_with_the_error(self):
        lead = self._start_failing()
        execution = self._get_executions(lead)
        execution.step_id.action_id.code = "True"

        execution.with_user(self.sam).action_retry()
        self._run_worker()

        self.assertFalse(execution.error or execution.traceback)
