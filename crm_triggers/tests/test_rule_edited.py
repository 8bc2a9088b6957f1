from odoo.tests import tagged

from .common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRuleEdited(CrmTriggersCommon):
    """Rules change while records go through them: every run still ends."""

    def _start(self, *delays):
        """Return a lead and the steps of a rule it entered, each so many days after the one before."""
        steps = [
            self._task(f"Step {index}", sequence=index, delay_count=delay) for index, delay in enumerate(delays, 1)
        ]
        rule = self._rule_on_offer(steps)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return lead, rule.step_ids.with_user(self.manager)

    def test_step_done_already_and_moved_behind_is_passed_over(self):
        """Fails without the second ``_plan`` in ``_plan``: the run waits for nothing, for ever."""
        lead, steps = self._start(0, 1, 0)
        steps[0].sequence = 9

        self._run_until("2026-02-03 10:00:00")

        self.assertEqual(self._get_executions(lead).mapped("step_name"), ["Step 1", "Step 2", "Step 3"])
        self.assertEqual(self._get_runs(lead).state, "done")

    def test_run_that_waits_for_a_deleted_step_goes_on_with_the_next(self):
        """Fails without ``_plan`` in ``unlink``."""
        lead, steps = self._start(0, 1, 1)
        steps[1].unlink()

        self.assertExecutions(lead, [("Step 1", "done"), ("Step 3", "scheduled")])

    def test_run_that_waits_for_the_deleted_last_step_is_done(self):
        lead, steps = self._start(0, 1)
        steps[1].unlink()

        self.assertEqual(self._get_runs(lead).state, "done")

    def test_run_that_waits_for_one_of_several_deleted_steps_goes_on(self):
        lead, steps = self._start(0, 1, 1, 1)
        steps[1:3].unlink()

        self.assertExecutions(lead, [("Step 1", "done"), ("Step 4", "scheduled")])

    def test_deleted_step_leaves_stopped_runs_stopped(self):
        lead, steps = self._start(0, 1, 1)
        self._get_runs(lead).action_stop()
        steps[1].unlink()

        self.assertEqual(self._get_runs(lead).state, "stopped")


@tagged("post_install", "-at_install")
class TestRunsTogether(CrmTriggersCommon):
    def test_two_runs_on_one_quotation_make_one_opportunity(self):
        """Promise 1. Fails without ``each once``: the batch holds the quotation twice."""
        steps = [{"kind": "opportunity", "name": "Opportunity"}]
        rule = self._create_rule("manual", steps, model="sale.order")
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        for key in ("a", "b"):
            rule._enter({order.id: key})
        before = self.env["crm.lead"].search_count([])

        self._run_worker()

        self.assertEqual(self.env["crm.lead"].search_count([]) - before, 1)
        self.assertEqual(self._get_executions(order).mapped("result_id"), [order.opportunity_id.id] * 2)
