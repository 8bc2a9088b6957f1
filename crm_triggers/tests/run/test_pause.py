from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestPause(CrmTriggersCommon):
    """A record on which its salesperson paused rules (decision 018)."""

    def setUp(self):
        super().setUp()
        self.lead = self._create_lead()

    def _pause(self, records=None):
        (records or self.lead).action_crm_trigger_pause()
        self._new_transaction()

    def _resume(self):
        self.lead.action_crm_trigger_resume()
        self._commit()

    def test_what_is_planned_waits_and_is_done_on_resuming(self):
        """Fails without the pause in ``_sql_due``."""
        self._rule_on_offer([self._task(delay_count=1)])
        other = self._create_lead()
        self._drag(self.lead | other, self.stage_offer)
        self._pause()
        self._run_until("2026-02-04 09:00:00")
        self.assertExecutions(self.lead, [("Call", "scheduled")])
        self.assertExecutions(other, [("Call", "done")])
        self._resume()
        self.assertExecutions(self.lead, [("Call", "done")])

    def test_what_was_claimed_before_the_pause_waits_as_well(self):
        """Promise 7. Fails without ``_get_paused`` in ``_look_again``."""
        rule = self._rule_on_offer([self._task(delay_count=1)])
        other = self._create_lead()
        self._drag(self.lead | other, self.stage_offer)
        self._move_to("2026-02-04 09:00:00")
        claimed = self.env["crm.trigger.execution"]._claim()
        self.assertEqual(len(claimed), 2)
        self.lead.action_crm_trigger_pause()
        claimed._carry_out_by_step()
        self.assertExecutions(self.lead | other, [("Call", "scheduled"), ("Call", "done")])
        self.assertPlannedFor(self.lead, "2026-02-03 09:00:00")
        self._resume()
        self.assertExecutions(self.lead, [("Call", "done")])

        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._move_to("2026-02-06 09:00:00")
        claimed = self.env["crm.trigger.execution"]._claim()
        rule.action_pause()
        claimed._carry_out_by_step()
        self.assertExecutions(lead, [("Call", "scheduled")])
        rule.action_activate()
        self._run_worker()
        self.assertExecutions(lead, [("Call", "done")])

    def test_what_happens_meanwhile_is_noted_and_uses_up_nothing(self):
        """Promise 5, and "once" of promise 1. Fails without ``_note_paused`` in ``_enter``."""
        self._rule_on_offer(reentry="once")
        self._pause()
        self._drag(self.lead, self.stage_offer)
        self.assertStopped(self.lead, "record_paused")
        self._resume()
        self.assertFalse(self._get_executions(self.lead))
        self._drag(self.lead, self.stage_new)
        self._drag(self.lead, self.stage_offer)
        self.assertEqual(self._get_runs(self.lead).mapped("state"), ["stopped", "running"])

    def test_date_that_falls_due_meanwhile_is_found_on_resuming(self):
        """Promise 2. Fails without the pause in ``_search_due``: it would be taken up while paused."""
        self._create_rule("date", date="date_deadline", trg_date_range_mode="after", trg_date_range=0)
        self.lead.date_deadline = "2026-02-04"
        self._pause()
        self._run_until("2026-02-05 09:00:00")
        self.assertFalse(self._get_runs(self.lead))
        self._resume()
        self._run_until("2026-02-06 09:00:00")
        self.assertExecutions(self.lead, [("Call", "done")])

    def test_paused_records_do_not_hold_up_the_clock(self):
        """Fails without the pause in ``_search_due``: the batch would be full of them."""
        self._create_rule("date", date="date_deadline", trg_date_range_mode="after", trg_date_range=0)
        leads = self._create_leads(3, date_deadline="2026-02-04")
        self._pause(leads[:2])
        self._move_to("2026-02-05 09:00:00")
        rule = self.env["crm.trigger.rule"].search([], order="id desc", limit=1)
        self.assertEqual(rule._sweep(2), 1)
        self.assertTrue(self._get_runs(leads[2]))

    def test_pause_keeps_no_plan_alive(self):
        """Promise 7."""
        self._rule_on_offer([self._task(delay_count=1)])
        self._drag(self.lead, self.stage_offer)
        self._pause()
        self._drag(self.lead, self.stage_later)
        self.assertStopped(self.lead, "unmatched")

    def test_pausing_twice_is_pausing_once(self):
        self._pause()
        self._pause(self.lead | self._create_lead())
        self.assertEqual(self.env["crm.trigger.pause"].search_count([("res_id", "=", self.lead.id)]), 1)

    def test_record_that_takes_in_a_paused_one_is_paused(self):
        """Fails without ``_move_to`` of crm.trigger.pause."""
        other = self._create_lead()
        self._pause(other)
        self.env["crm.trigger.run"]._move_to(self.lead.sudo(), other.sudo())
        paused = self.env["crm.trigger.pause"]._search_paused("crm.lead", self.lead.ids)
        self.assertEqual(paused, set(self.lead.ids))

    def test_only_who_may_change_the_record_pauses_it(self):
        """Promise 8. Fails without ``check_access`` in ``_check_may_pause``."""
        for method in ("action_crm_trigger_pause", "action_crm_trigger_resume"):
            with self.assertRaises(AccessError):
                getattr(self.lead.with_user(self.zoe), method)()

    def test_pauses_of_deleted_records_are_forgotten(self):
        gone, kept = self._create_lead(), self.lead
        self._pause(gone | kept)
        gone.sudo().unlink()
        self.env["crm.trigger.pause"]._gc_gone()
        self.assertEqual(self.env["crm.trigger.pause"].search([]).mapped("res_id"), kept.ids)
