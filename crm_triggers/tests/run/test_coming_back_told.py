from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..coming_back_case import ComingBackCase


@tagged("post_install", "-at_install")
class TestComingBackTold(ComingBackCase):
    """How it is explained, and its cost."""

    def test_why_says_what_is_the_case(self):
        """Fails with "It fired" of a run that was stopped."""
        rule, lead = self._start(0, 3)
        rule = rule.with_user(self.sam)
        self._leave(lead)
        answer = rule.explain(lead)
        self.assertFalse(answer["ok"])
        self.assertIn("does not meet the conditions. It was stopped on", answer["verdict"])
        self.assertIn("It resumes with “2” when the record matches again.", answer["verdict"])

        self._come_back(lead, "2026-02-05 09:00:00")
        answer = rule.explain(lead)
        self.assertTrue(answer["ok"])
        for words in ("It was stopped on", "resumed on", "Next: “2”"):
            self.assertIn(words, answer["verdict"])
        self.assertIn("resumed on", lead.crm_trigger_timeline()["planned"][0]["why"])

    def test_why_says_that_the_clock_takes_it_up(self):
        self.partner.city = "Paris"
        rule, lead = self._start(0, 1, filter_domain=[("partner_id.city", "=", "Paris")])
        self.partner.city = "Lyon"
        self._run_until("2026-02-04 09:30:00")
        self.partner.city = "Paris"
        self._new_transaction()

        answer = rule.explain(lead)

        self.assertTrue(answer["ok"])
        self.assertIn("It resumes within minutes, with “2”.", answer["verdict"])

    def test_once_is_no_obstacle_to_a_run_that_goes_on(self):
        rule, lead = self._start(0, 3, reentry="once")
        self._leave(lead)
        self._come_back(lead, "2026-02-05 09:00:00")

        self.assertIn("resumed on", rule.explain(lead)["verdict"])

    def test_queries_do_not_grow_with_the_records(self):
        """Whether something was done or nothing, seen by the clock; a save that tells of it asks the same."""
        counts = []
        for number in (25, 60):  # more than a save would drain
            for delays in ((0, 3), (3,)):
                self._move_to("2026-02-02 09:00:00")
                leads = self._create_leads(number)
                rule, _leads = self._start(*delays, leads=leads, filter_domain=[("id", "in", leads.ids)])
                rule.filter_domain = "[('id', '=', 0)]"
                self._run_until("2026-02-06 10:00:00")
                self.assertEqual(set(self._get_runs(leads).mapped("stop_reason")), {"unmatched"})
                rule.filter_domain = str([("id", "in", leads.ids)])
                self._new_transaction()
                before = self.env.cr.sql_log_count
                self.assertEqual(rule._sweep_back(100), number)
                counts.append(self.env.cr.sql_log_count - before)
                self.assertEqual(self._get_runs(leads).mapped("state").count("running"), number)
                rule.action_draft()

        self.assertLessEqual(counts[2], counts[0] + 3)
        self.assertLessEqual(counts[3], counts[1] + 3)

    def test_old_runs_that_gave_their_key_back_are_forgotten_in_time(self):
        """Fails without ``given_back`` in ``_sql_key_is_spent``."""
        self.env["ir.config_parameter"].set_param("crm_triggers.retention_days", 30)
        _rule, lead = self._start(1)
        self._leave(lead, "2026-02-03 10:00:00")
        self._come_back(lead, "2026-02-03 11:00:00")
        self._run_worker()
        self._move_to(fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=60)))
        self.env["crm.trigger.rule"]._gc_runs()
        self._new_transaction()

        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_once_is_for_ever_though_nobody_knows_any_more_what_was_done(self):
        """The log goes, the key stays. Fails without ``_is_left`` in ``_purge_runs``: it would begin as if new."""
        self.env["ir.config_parameter"].set_param("crm_triggers.retention_days", 30)
        _rule, lead = self._start(0, 3, reentry="once")
        self._leave(lead)
        self._move_to("2026-04-20 09:00:00")
        self.env["crm.trigger.rule"]._gc_runs()
        self._new_transaction()

        self._come_back(lead, "2026-04-21 09:00:00")
        lead.date_deadline = "2026-04-23"
        self._run_until("2026-04-21 10:00:00")

        self.assertFalse(self._get_executions(lead))
        self.assertEqual(self._get_runs(lead).mapped("occurrence"), ["once"])
