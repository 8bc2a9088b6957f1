from odoo.tests import tagged

from ..coming_back_case import ComingBackCase


@tagged("post_install", "-at_install")
class TestComingBackOff(ComingBackCase):
    """Rules that were switched off meanwhile, and records that were paused."""

    def _switch_on(self, rule, **vals):
        """Press the button, as the manager, and return what the dialog offered."""
        action = rule.with_user(self.manager).action_switch_on()
        if not action:
            return []
        dialog = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        dialog.write({"scope": "existing", **vals})
        dialog.action_switch_on()
        self._new_transaction()
        return dialog.existing_ids

    def test_rule_switched_on_again_offers_what_it_had_not_done(self):
        """And resumes there. Fails without ``_sql_was_left`` in ``_search_existing_matches``."""
        rule, lead = self._start(0, 2)
        done = self._create_lead(stage_id=self.stage_offer.id, date_deadline="2026-02-08")
        self._get_executions(done).unlink()
        self._get_runs(done)._mark({"state": "done"})
        rule.with_user(self.manager).action_draft()
        self.assertStopped(lead, "rule_closed")
        self._move_to("2026-02-03 12:00:00")

        self.assertEqual(self._switch_on(rule), lead.ids)
        self.assertPlannedFor(lead, "2026-02-05 09:00:00")
        self._run_until("2026-02-05 09:30:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "done")])

    def test_rule_switched_on_again_does_nothing_unless_it_was_chosen(self):
        """Promise 4; until the record leaves and comes back."""
        rule, lead = self._start(1)
        rule.with_user(self.manager).action_draft()
        self._move_to("2026-02-03 12:00:00")
        self.assertEqual(self._switch_on(rule, scope="new"), lead.ids)
        self._run_until("2026-02-04 12:00:00")
        self.assertExecutions(lead, [("1", "cancel")])
        self.assertIn("matches again", rule.explain(lead)["verdict"])

        self._leave(lead, "2026-02-05 09:00:00")
        self._come_back(lead, "2026-02-05 10:00:00")
        self._run_until("2026-02-06 10:30:00")

        self.assertExecutions(lead, [("1", "cancel"), ("1", "done")])

    def test_what_is_chosen_is_not_too_late(self):
        rule, lead = self._start(0, 3)
        rule.with_user(self.manager).action_draft()
        self._move_to("2026-03-20 12:00:00")
        self._switch_on(rule)
        self._run_worker()

        self.assertExecutions(lead, [("1", "done"), ("2", "done")])

    def test_rule_once_that_is_switched_off_gives_back_what_it_did_not_use(self):
        """Of any kind. Fails with two reasons only in ``_stop``."""
        rule = self._rule_on_offer([self._task(delay_count=1)], reentry="once")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        rule.with_user(self.manager).action_draft()

        self.assertEqual(self._switch_on(rule), lead.ids)
        self.assertExecutions(lead, [("Call", "cancel"), ("Call", "scheduled")])

    def test_date_entered_late_while_paused_is_done_on_resuming(self):
        """It fell due before the rule was switched on: the clock does not look so far back. Fails
        without the note in ``_note_paused``."""
        rule = self._create_rule("date", date="date_deadline", trg_date_range=30)
        lead, late = self._create_leads(2)
        (lead | late).action_crm_trigger_pause()
        self._new_transaction()
        lead.date_deadline, late.date_deadline = "2026-02-20", "2026-02-04"
        self._new_transaction()
        self._run_until("2026-02-03 09:00:00")
        self.assertStopped(lead | late, "record_paused")
        self._move_to("2026-02-15 09:00:00")
        (lead | late).action_crm_trigger_resume()
        self._run_until("2026-02-15 09:05:00")
        self._run_until("2026-02-15 09:10:00")

        self.assertExecutions(lead, [("Call", "done")])
        self.assertExecutions(late, [])
        self.assertEqual(self._get_runs(late).mapped("stop_reason"), ["record_paused", "late"])
        self.assertIn("It ran on", rule.explain(lead)["verdict"])

    def test_note_of_a_pause_uses_nothing_up(self):
        self._create_rule("date", date="date_deadline", trg_date_range=30, reentry="once")
        lead = self._create_lead()
        lead.action_crm_trigger_pause()
        lead.date_deadline = "2026-02-20"
        self._new_transaction()
        lead.date_deadline = "2026-02-21"
        lead.action_crm_trigger_resume()
        self._run_until("2026-02-03 09:00:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_record_that_comes_back_while_paused_goes_on_when_it_is_resumed(self):
        _rule, lead = self._start(0, 3)
        self._leave(lead)
        lead.action_crm_trigger_pause()
        self._come_back(lead, "2026-02-05 09:00:00")
        self._run_until("2026-02-05 10:00:00")
        self.assertExecutions(lead, [("1", "done"), ("2", "cancel")])
        self.assertStopped(lead, "record_paused")

        lead.action_crm_trigger_resume()
        self._run_until("2026-02-06 10:00:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "done")])
