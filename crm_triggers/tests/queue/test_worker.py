from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_triggers.engine.retry import BACKOFF_MINUTES, MAX_ATTEMPTS
from odoo.addons.crm_triggers.models.queue import claim
from odoo.addons.crm_triggers.models.run import crm_trigger_run
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
FAIL_ON_SEVEN = "record['referred'] = 'seen'\nif record.name == 'Lead 7':\n    raise UserError('Seven')"


@tagged("post_install", "-at_install")
class TestWorker(CrmTriggersCommon):
    """What is due is carried out once, in batches; a bad record hurts only itself."""

    def _rule_failing(self, code=FAIL_ON_SEVEN, **vals):
        return self._rule_on_offer([self._code(code, sequence=1), self._task(sequence=2)], user=self.admin, **vals)

    def test_due_is_carried_out_after_the_commit_by_the_same_thread(self):
        """K46: fails without ``postcommit.add`` in ``_wake``, or ``_know_planned`` in ``_plan``."""
        self._rule_on_offer()
        lead = self._create_lead()

        lead.stage_id = self.stage_offer
        self._commit()

        self.assertExecutions(lead, [("Call", "done")])

    def test_due_after_the_commit_includes_what_it_starts(self):
        self._rule_on_offer([self._update("priority", "3")])
        self._create_rule(filter_domain=[("priority", "=", "3")])
        lead = self._create_lead()

        lead.stage_id = self.stage_offer
        self._commit()

        self.assertExecutions(lead, [("Update", "done"), ("Call", "done")])

    def test_due_in_large_numbers_is_left_to_the_worker(self):
        """No user waits for 500 activities. Fails without ``DRAIN_LIMIT``."""
        self._rule_on_offer()
        leads = self._create_leads(crm_trigger_run.DRAIN_LIMIT + 1)
        cron = self.env.ref("crm_triggers.ir_cron_execute")

        leads.write({"stage_id": self.stage_offer.id})
        self._commit()

        self.assertEqual(set(self._get_executions(leads).mapped("state")), {"scheduled"})
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), 1)
        self._run_worker()
        self.assertEqual(set(self._get_executions(leads).mapped("state")), {"done"})

    def test_code_is_left_to_the_worker_by_who_saves(self):
        """It cannot be interrupted; what comes before it is done immediately. Fails without ``_has_undrained`` in
        ``Loop``.
        """
        self._rule_on_offer([self._task(sequence=1), self._code("record.name", sequence=2)], user=self.admin)
        lead = self._create_lead()
        triggers = [("cron_id", "=", self.env.ref("crm_triggers.ir_cron_execute").id)]
        self.env["ir.cron.trigger"].search(triggers).unlink()

        lead.stage_id = self.stage_offer
        self._commit()

        self.assertExecutions(lead, [("Call", "done"), ("Code", "scheduled")])
        self.assertEqual(self.env["ir.cron.trigger"].search_count(triggers), 1)
        self._run_worker()
        self.assertExecutions(lead, [("Call", "done"), ("Code", "done")])

    def test_failure_after_the_commit_never_reaches_the_person(self):
        self._rule_on_offer()
        lead = self._create_lead()

        lead.stage_id = self.stage_offer
        broken = patch.object(type(self.env["crm.trigger.execution"]), "_claim", side_effect=ZeroDivisionError)
        with broken, self.assertLogs(ISOLATION, "ERROR"):
            self._commit()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_planned_for_later_is_left_alone(self):
        self._rule_on_offer([self._task(delay_count=1, delay_unit="hours")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_until("2026-02-02 09:59")
        self.assertExecutions(lead, [("Call", "scheduled")])
        self._run_until("2026-02-02 10:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_worker_run_again_does_nothing_twice(self):
        """Promise 1."""
        self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_worker()
        self._run_worker()

        self.assertEqual(len(lead.activity_ids), 1)

    @mute_logger(ISOLATION)
    def test_failing_record_keeps_the_other_49(self):
        """Fails without the one by one in ``_carry_out``: the worker never ends."""
        self._rule_failing()
        leads = self._create_leads(50)
        bad = leads.filtered(lambda lead: lead.name == "Lead 7")

        self._drag(leads, self.stage_offer)
        self._run_worker()

        self.assertEqual((leads - bad).mapped("referred"), ["seen"] * 49)
        self.assertFalse(bad.referred, "what the failed try wrote is undone")
        self.assertExecutions(bad, [("Code", "scheduled")])
        self.assertEqual(set(self._get_runs(leads - bad).mapped("state")), {"done"})

    @mute_logger(ISOLATION)
    def test_failure_is_noted_and_tried_again_later(self):
        """Fails without ``next_try_at`` in ``_fail``."""
        self._rule_failing()
        lead = self._create_lead(name="Lead 7")

        self._drag(lead, self.stage_offer)
        self._run_worker()

        execution = self._get_executions(lead)
        self.assertEqual(execution.attempts, 1)
        self.assertRegex(execution.error, "Rule “Rule”, step “Code”: fix .* \\(Seven")
        expected = fields.Datetime.now() + timedelta(minutes=BACKOFF_MINUTES[0])
        self.assertEqual(execution.scheduled_at, expected)

    @mute_logger(ISOLATION)
    def test_failure_mended_meanwhile_goes_on(self):
        self._rule_failing()
        lead = self._create_lead(name="Lead 7")
        self._drag(lead, self.stage_offer)
        self._run_worker()

        lead.name = "Lead 8"
        self._run_until("2026-02-02 09:02")

        self.assertExecutions(lead, [("Code", "done"), ("Call", "done")])
        self.assertFalse(self._get_executions(lead)[0].error)

    @mute_logger(ISOLATION)
    def test_failure_after_the_last_try_is_an_error_and_ends_the_run(self):
        """Back-off, then error; the worker never meets it again."""
        self._rule_failing()
        lead = self._create_lead(name="Lead 7")
        self._drag(lead, self.stage_offer)

        for _try in range(MAX_ATTEMPTS):
            self._run_worker()
            self._move_to(fields.Datetime.now() + timedelta(days=1))
        self._run_worker()

        self.assertExecutions(lead, [("Code", "error")])
        self.assertEqual(self._get_executions(lead).attempts, MAX_ATTEMPTS)
        self.assertStopped(lead, "error")

    @mute_logger(ISOLATION)
    def test_failed_step_retried_by_hand_goes_on(self):
        self._rule_failing()
        lead = self._create_lead(name="Lead 7")
        self._drag(lead, self.stage_offer)
        for _try in range(MAX_ATTEMPTS):
            self._run_worker()
            self._move_to(fields.Datetime.now() + timedelta(days=1))
        lead.name = "Lead 8"

        self._get_executions(lead).with_user(self.sam).action_retry()
        self._run_worker()

        self.assertExecutions(lead, [("Code", "done"), ("Call", "done")])
        self.assertEqual(self._get_runs(lead).state, "done")

    def test_test_mode_logs_and_does_nothing(self):
        """Z31. Fails without ``_guard_test``."""
        steps = [self._task(sequence=1), self._update("priority", "3", sequence=2)]
        rule = self._rule_on_offer(steps, activate=False)
        rule.with_user(self.manager).action_test()
        lead = self._create_lead(priority="0")

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Call", "skipped", "test"), ("Update", "skipped", "test")])
        self.assertFalse(lead.activity_ids)
        self.assertEqual(lead.priority, "0")

    def test_what_was_tried_out_is_not_done_when_the_rule_goes_live(self):
        """Promise 4. Fails without ``_end_trials`` in ``_activate``."""
        rule = self._rule_on_offer([self._task(delay_count=2)], activate=False)
        rule.action_test()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        rule.action_activate()
        self._run_until("2026-02-10 09:00")

        self.assertExecutions(lead, [("Call", "cancel")])

    def test_step_runs_in_the_company_of_the_record(self):
        """K22: a rule for all companies."""
        self._rule_on_offer([self._code("record['referred'] = env.company.name")], user=self.admin, company_id=False)
        lead = self.env["crm.lead"].create({"name": "Lyon", "company_id": self.company_b.id, "user_id": self.zoe.id})

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(lead.referred, "Lyon")

    def test_more_than_a_batch_is_carried_out_in_one_go(self):
        self._rule_on_offer()
        leads = self._create_leads(5)
        self._drag(leads, self.stage_offer)

        with patch.object(claim, "BATCH", 2):
            self._run_worker()

        self.assertEqual(self._get_executions(leads).mapped("state"), ["done"] * 5)
