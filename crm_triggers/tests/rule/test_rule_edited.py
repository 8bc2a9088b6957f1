from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRuleEdited(CrmTriggersCommon):
    """Rules change while records go through them: every run still ends."""

    def _start(self, *delays):
        """Return a lead and the steps of a rule it entered, each some days after the previous one."""
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
        """Fails without ``_plan`` in ``_leave_log``. What was done and planned stays in the log."""
        lead, steps = self._start(0, 1, 1)
        steps[1].unlink()
        steps[0].unlink()

        self.assertExecutions(lead, [("Step 1", "done"), ("Step 2", "cancel"), ("Step 3", "scheduled")])
        found = self.env["crm.trigger.execution"].search([("step_name", "=", "Step 1"), ("res_id", "=", lead.id)])
        self.assertEqual(len(found), 1)

    def test_planned_step_keeps_its_time_and_does_what_it_says_then(self):
        """As the form says: a new delay applies to future steps, a new text to all."""
        lead, steps = self._start(0, 2)
        steps[1].write({"delay_count": 9, "activity_summary": "New words"})
        self.assertPlannedFor(lead, "2026-02-04 09:00:00")
        late = self._create_lead()
        self._drag(late, self.stage_offer)
        self._run_worker()
        self.assertPlannedFor(late, "2026-02-11 09:00:00")

        self._run_until("2026-02-04 09:30:00")

        self.assertEqual(lead.activity_ids.mapped("summary"), ["Step 1", "New words"])

    def test_steps_added_meanwhile(self):
        """A step behind is done by those on their way, one before by none of them."""
        lead, steps = self._start(0, 1)
        rule = steps.rule_id.with_user(self.manager)
        for summary, sequence in (("Behind", 9), ("Before", 0)):
            rule.write({"step_ids": [Command.create(self._task(summary, sequence=sequence))]})

        self._run_until("2026-02-03 10:00:00")

        self.assertExecutions(lead, [("Step 1", "done"), ("Step 2", "done"), ("Behind", "done")])

    def test_conditions_changed_meanwhile(self):
        """A record that no longer meets them is left alone when its time comes."""
        lead, steps = self._start(0, 1)
        steps.rule_id.with_user(self.manager).filter_domain = str([("stage_id", "=", self.stage_later.id)])

        self._run_until("2026-02-03 10:00:00")

        self.assertExecutions(lead, [("Step 1", "done"), ("Step 2", "cancel")])
        self.assertStopped(lead, "unmatched")

    def test_date_delay_changed_meanwhile(self):
        """Runs in progress continue; the new delay applies to future steps, and to no date twice."""
        rule = self._create_rule("date", date="date_deadline", trg_date_range=2, late_days=30)
        early, late = self._create_lead(date_deadline="2026-02-05"), self._create_lead(date_deadline="2026-02-20")
        self._run_until("2026-02-03 10:00:00")
        rule.with_user(self.manager).trg_date_range = 10
        self._run_until("2026-02-10 08:00:00")

        self.assertExecutions(early, [("Call", "done")])
        self.assertExecutions(late, [("Call", "done")])

    def test_run_that_waits_for_the_deleted_last_step_is_done(self):
        lead, steps = self._start(0, 1)
        steps[1].unlink()

        self.assertEqual(self._get_runs(lead).state, "done")

    def test_run_that_waits_for_one_of_several_deleted_steps_goes_on(self):
        lead, steps = self._start(0, 1, 1, 1)
        steps[1:3].unlink()

        self.assertExecutions(
            lead, [("Step 1", "done"), ("Step 2", "cancel"), ("Step 3", "cancel"), ("Step 4", "scheduled")]
        )

    def test_deleted_step_leaves_stopped_runs_stopped(self):
        lead, steps = self._start(0, 1, 1)
        self._get_runs(lead).action_stop()
        steps[1].unlink()

        self.assertEqual(self._get_runs(lead).state, "stopped")

    def test_date_that_fired_does_not_fire_again_when_repeat_is_changed(self):
        """Promise 1. Fails without ``_get_runs_of_dates`` in ``_enter``; the clock leaves such
        records out by itself, lest they fill its batches."""
        for before, after in (("once", "occurrence"), ("occurrence", "once")):
            with self.subTest(before=before):
                rule = self._create_rule("date", date="date_deadline", reentry=before)
                lead = self._create_lead(date_deadline="2026-02-01")
                self._run_sweep()
                self._run_worker()
                rule.reentry = after

                self._run_sweep()
                for day in ("2026-03-01", "2026-02-01"):
                    lead.date_deadline = day
                    self._new_transaction()

                self.assertEqual(self._get_runs(lead).mapped("date_value"), ["2026-02-01"])
                rule.action_draft()


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
