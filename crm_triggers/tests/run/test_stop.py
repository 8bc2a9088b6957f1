from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStop(CrmTriggersCommon):
    """What is planned stops when it no longer makes sense."""

    def _start(self, **vals):
        """Return a lead at the stage "Offer", with a call planned in three days by a rule."""
        self._rule_on_offer([self._task(delay_count=3)], **vals)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.assertExecutions(lead, [("Call", "scheduled")])
        return lead

    def test_leaving_the_conditions_cancels_the_plan_in_that_transaction(self):
        """K38, Z20. Fails without ``stop`` in ``OneRule``."""
        lead = self._start()

        self._drag(lead, self.stage_later)

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "unmatched")

    def test_leaving_the_conditions_is_nothing_to_a_rule_that_only_needs_them_once(self):
        lead = self._start(keep_matching=False)

        self._drag(lead, self.stage_later)

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_leaving_and_coming_back_in_one_transaction_keeps_the_plan(self):
        lead = self._start()

        lead.stage_id = self.stage_later
        lead.flush_recordset()
        lead.stage_id = self.stage_offer
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_stop_when_reached_cancels_the_plan(self):
        """Z20: checked whatever the conditions say."""
        lead = self._start(keep_matching=False, stop_domain=[("priority", "=", "3")])

        lead.priority = "3"
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "stop_domain")

    def test_stop_when_reached_uncaptured_is_seen_before_the_step(self):
        """Z20, promise 7. Fails without ``_guard_stop_when``: the change is on
        the contact, which this rule does not watch."""
        lead = self._start(stop_domain=[("partner_id.category_id.name", "=", "Tenant")])

        self.partner.category_id = self.env["res.partner.category"].create({"name": "Tenant"})
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "stop_domain")

    def test_except_reached_uncaptured_is_seen_before_the_step(self):
        """Z20, promise 7. Fails without ``_guard_conditions``."""
        lead = self._start(exclude_domain=[("partner_id.city", "=", "Lyon")])

        self.partner.city = "Lyon"
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "unmatched")

    def test_record_deleted_cancels_the_plan(self):
        lead = self._start()

        lead.sudo().unlink()
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "record_gone")

    def test_step_condition_not_met_skips_that_step_alone(self):
        self._rule_on_offer([self._task("Big", filter_domain="[('expected_revenue', '>', 1000)]"), self._task("Any")])
        lead = self._create_lead(expected_revenue=10)

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Big", "skipped", "condition"), ("Any", "done")])

    def test_step_condition_is_that_of_the_moment_it_is_due(self):
        """Promise 7."""
        self._rule_on_offer([self._task("Big", delay_count=3, filter_domain="[('expected_revenue', '>', 1000)]")])
        lead = self._create_lead(expected_revenue=10)
        self._drag(lead, self.stage_offer)

        lead.expected_revenue = 5000
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Big", "done")])

    def test_run_stopped_by_hand_cancels_the_plan(self):
        lead = self._start()

        self._get_runs(lead).with_user(self.sam).action_stop()
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "manual")

    def test_execution_cancelled_by_hand_ends_the_run(self):
        lead = self._start()

        self._get_executions(lead).with_user(self.sam).action_cancel()
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "manual")

    def test_execution_run_now_does_not_wait(self):
        lead = self._start()

        self._get_executions(lead).with_user(self.sam).action_run_now()
        self._run_worker()

        self.assertExecutions(lead, [("Call", "done")])

    def test_rule_paused_lets_the_plan_wait(self):
        """Fails without ``r.state IN`` in ``_sql_due``."""
        lead = self._start()
        rule = self._get_runs(lead).rule_id

        rule.action_pause()
        self._run_until("2026-02-05 10:00")
        self.assertExecutions(lead, [("Call", "scheduled")])
        rule.action_activate()
        self._run_worker()

        self.assertExecutions(lead, [("Call", "done")])

    def test_rule_set_to_draft_cancels_the_plan(self):
        lead = self._start()

        self._get_runs(lead).rule_id.with_user(self.manager).action_draft()

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "rule_closed")

    def test_rule_archived_captures_nothing_and_its_plan_is_cancelled(self):
        lead, other = self._start(), self._create_lead()
        self._get_runs(lead).rule_id.with_user(self.manager).active = False
        self._new_transaction()

        self._drag(other, self.stage_offer)
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "rule_closed")
        self.assertFalse(self._get_runs(other))
