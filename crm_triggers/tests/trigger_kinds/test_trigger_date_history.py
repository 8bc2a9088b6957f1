from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerDateHistory(CrmTriggersCommon):
    """Which dates are of before a rule was switched on.

    It is Monday 2 February 2026, 10:00 in Paris (09:00 UTC).
    """

    def test_date_passed_before_activation_is_history(self):
        """Promise 4. Fails without ``_get_sweep_start`` in ``_search_due`` and ``_sweep``: either holds it."""
        lead = self._create_lead(date_deadline="2026-02-05")
        self._rule_before_deadline()

        self._run_until("2026-02-02 12:00")
        self._run_until("2026-02-10 12:00")

        self.assertFalse(self._get_runs(lead))

    def test_day_of_activation_counts_whole(self):
        """At D-30 today, switched on at ten: due today, and acted upon once. Yesterday is history.
        Fails without ``counts_from`` in ``_get_date_window`` or in ``verdict``."""
        today, yesterday = self._create_lead(date_deadline="2026-03-04"), self._create_lead(date_deadline="2026-03-03")
        rule = self._rule_before_deadline()
        self.assertEqual(rule.explain(today)["date"]["verdict"], "due")

        for moment in ("2026-02-02 09:05", "2026-02-02 09:10", "2026-02-03 09:00"):
            self._run_until(moment)

        self.assertExecutions(today, [("Call", "done")])
        self.assertExecutions(yesterday, [])

    def test_moment_of_activation_counts_for_a_date_with_a_time(self):
        before, after = self._create_leads(2)
        before.date_closed, after.date_closed = "2026-02-02 08:59:00", "2026-02-02 09:30:00"
        self._new_transaction()
        self._create_rule("date", date="date_closed", trg_date_range_mode="after", trg_date_range=0)

        self._run_until("2026-02-02 10:00")

        self.assertExecutions(before, [])
        self.assertExecutions(after, [("Call", "done")])

    def test_date_passed_before_activation_stays_history_when_the_record_changes(self):
        lead = self._create_lead(date_deadline="2026-02-05")
        self._rule_before_deadline(filter_domain=[("active", "=", True)])

        lead.name = "Another"
        self._run_until("2026-02-02 12:00")

        self.assertFalse(self._get_runs(lead))

    def test_date_of_before_activation_put_back_in_one_transaction_stays_history(self):
        """Fails without the comparison with ``now`` in ``decision.net_changes``."""
        lead = self._create_lead(date_deadline="2026-02-05")
        self._rule_before_deadline()

        for value in ("2026-06-10", "2026-02-05"):
            lead.date_deadline = value
            lead.flush_recordset()
        self._new_transaction()

        self.assertFalse(self._get_runs(lead))

    def test_date_reached_after_a_pause_still_fires(self):
        """Pausing keeps ``activated_at``: what fell due meanwhile is not lost."""
        rule = self._rule_before_deadline()
        lead = self._create_lead(date_deadline="2026-04-01")
        rule.action_pause()
        self._run_until("2026-03-02 08:00")
        self.assertFalse(self._get_runs(lead))

        rule.action_activate()
        self._run_until("2026-03-02 12:00")

        self.assertExecutions(lead, [("Call", "done")])
