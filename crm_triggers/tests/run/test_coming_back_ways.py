from odoo.tests import tagged

from ..coming_back_case import ComingBackCase


@tagged("post_install", "-at_install")
class TestComingBackWays(ComingBackCase):
    """Whichever way a record left, and whatever detects that it came back."""

    def test_whichever_way_it_left(self):
        """Lost and restored, archived, moved, to another company: before anything was done and after."""
        ways = {
            "lost": (lambda lead: lead.action_set_lost(), lambda lead: lead.action_unarchive()),
            "archived": (lambda lead: lead.action_archive(), lambda lead: lead.action_unarchive()),
            "moved": (
                lambda lead: lead.write({"date_deadline": "2026-03-20"}),
                lambda lead: lead.write({"date_deadline": "2026-02-08"}),
            ),
            "emptied": (
                lambda lead: lead.write({"date_deadline": False}),
                lambda lead: lead.write({"date_deadline": "2026-02-08"}),
            ),
            "company": (
                lambda lead: lead.sudo().write({"company_id": self.company_b.id, "team_id": False, "user_id": False}),
                lambda lead: lead.sudo().write({"company_id": self.company.id}),
            ),
        }
        for name, (leave, come_back) in ways.items():
            for delays, states in (((1,), ["cancel", "done"]), ((0, 1), ["done", "done"])):
                with self.subTest(way=name, delays=delays):
                    self._move_to("2026-02-02 09:00:00")
                    rule, lead = self._start(*delays)
                    leave(lead)
                    self._new_transaction()
                    self.assertEqual(self._get_runs(lead).state, "stopped")
                    come_back(lead)
                    self._new_transaction()
                    for day in (5, 6):
                        self._run_until(f"2026-02-{day:02} 09:00:00")
                    self.assertEqual(self._get_executions(lead).mapped("state"), states)
                    rule.action_draft()

    def test_coming_back_that_no_save_tells_of_is_found_by_the_clock(self):
        """The condition is on the contact. Fails without ``_sweep_back``."""
        city = [("partner_id.city", "=", "Paris")]
        self.partner.city = "Paris"
        _rule, lead = self._start(0, 1, 8, filter_domain=city)
        self.partner.city = "Lyon"
        self._run_until("2026-02-04 09:30:00")
        self.assertExecutions(lead, [("1", "done"), ("2", "cancel")])
        self.assertStopped(lead, "unmatched")

        self.partner.city = "Paris"
        self._run_until("2026-02-05 09:30:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "done"), ("3", "scheduled")])

    def test_the_clock_leaves_alone_what_was_left_before_the_rule_was_switched_on(self):
        """Promise 4. Fails without ``since`` in ``_search_back``."""
        self.partner.city = "Paris"
        rule, lead = self._start(0, 1, 8, filter_domain=[("partner_id.city", "=", "Paris")])
        self.partner.city = "Lyon"
        self._run_until("2026-02-04 09:30:00")
        rule.action_draft()
        self._move_to("2026-02-04 10:00:00")
        rule.action_activate()
        self.partner.city = "Paris"

        self._run_until("2026-02-05 09:30:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "cancel")])

    def test_the_clock_takes_them_up_by_batches_and_passes_over_who_is_paused(self):
        self.partner.city = "Paris"
        rule, leads = self._start(1, leads=self._create_leads(3), filter_domain=[("partner_id.city", "=", "Paris")])
        self.partner.city = "Lyon"
        self._run_until("2026-02-04 09:30:00")
        self.partner.city = "Paris"
        leads[0].action_crm_trigger_pause()
        self._new_transaction()

        self.assertEqual([rule._sweep_back(1) for _look in range(3)], [1, 1, 0])

    def test_final_is_what_is_no_matter_of_the_record_being_there(self):
        """Stopped manually, "stop when": the customer refused, which is final. Fails with other reasons in
        ``LEFT``.
        """
        for name, stop in (
            ("manual", lambda lead: self._get_runs(lead).with_user(self.sam).action_stop()),
            ("stop_domain", lambda lead: lead.write({"priority": "3"})),
        ):
            with self.subTest(name):
                self._move_to("2026-02-02 09:00:00")
                rule, lead = self._start(0, 1, stop_domain=[("priority", "=", "3")])
                stop(lead)
                self._new_transaction()
                lead.priority = "0"
                self._leave(lead, "2026-02-03 10:00:00")
                self._come_back(lead, "2026-02-03 11:00:00")
                self._run_until("2026-02-05 09:00:00")
                self.assertExecutions(lead, [("1", "done"), ("2", "cancel")])
                self.assertStopped(lead, name)
                self.assertIn("It was stopped on", rule.explain(lead)["verdict"])
                rule.action_draft()

    def test_there_away_and_there_again_in_one_transaction_is_one_run(self):
        """Over flushes, as savepoints make them."""
        _rule, lead = self._start(1, 3)
        for stage in (self.stage_later, self.stage_offer, self.stage_later, self.stage_offer):
            lead.stage_id = stage
            self.env.cr.flush()
        self._new_transaction()
        self._run_until("2026-02-05 09:00:00")

        self.assertEqual(
            self._get_executions(lead).filtered(lambda line: line.state == "done").mapped("step_name"), ["1"]
        )
        self.assertEqual(self._get_runs(lead).mapped("state").count("running"), 1)

    def test_date_set_away_and_set_again_in_the_transaction_that_found_it_due(self):
        """What was decided at a flush is taken back. Fails without ``_take_back_decisions``."""
        self._start(1)
        lead = self._create_lead(stage_id=self.stage_offer.id)
        for date in ("2026-02-07", False, "2026-02-07"):
            lead.date_deadline = date
            self.env.cr.flush()
        self._new_transaction()

        self.assertExecutions(lead, [("1", "scheduled")])
