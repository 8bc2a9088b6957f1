from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTime(CrmTriggersCommon):
    """Promise 2: what is due fires or is noted as missed, however time and dates are bent.

    It is Monday 2 February 2026, 10:00 in Paris (09:00 UTC). The rule is for the moment ten days
    before the expected closing, at eight in Paris (07:00 UTC), and not more than two days late.
    """

    def _create_dated_rule(self, **vals):
        return self._create_rule(
            "date",
            date="date_deadline",
            **{"trg_date_range": 10, "trg_date_range_mode": "before", "late_days": 2, **vals},
        )

    def _get_outcomes(self, leads):
        """Return what came of each lead: "" for nothing, else the states of its runs."""
        return [" ".join(run.stop_reason or run.state for run in self._get_runs(lead)) for lead in leads]

    def _create_dated_leads(self, *dates):
        leads = self._create_leads(len(dates))
        for lead, value in zip(leads, dates, strict=True):
            lead.date_deadline = value
        self._new_transaction()
        return leads

    def test_cron_off_for_three_days(self):
        """What fell due each day fires when it is back, once; what was due before is history."""
        self._create_dated_rule(trg_date_range_mode="after", trg_date_range=0, late_days=7)
        leads = self._create_dated_leads("2026-02-03", "2026-02-04", "2026-02-05", "2026-02-06")

        for moment in ("2026-02-05 12:00", "2026-02-05 12:05", "2026-02-05 18:00"):
            self._run_until(moment)

        self.assertEqual(self._get_outcomes(leads), ["done", "done", "done", ""])
        self._run_until("2026-02-06 07:00")
        self.assertEqual(self._get_outcomes(leads), ["done"] * 4)

    def test_cron_off_for_longer_than_is_of_use(self):
        """Z29: noted, not silent. After the date itself two days are allowed."""
        self._create_dated_rule(trg_date_range_mode="after", trg_date_range=0)
        leads = self._create_dated_leads("2026-02-03", "2026-02-04", "2026-02-05")

        self._run_until("2026-02-06 12:00")

        self.assertEqual(self._get_outcomes(leads), ["late", "late", "done"])

    def test_planned_steps_wait_for_a_worker_that_was_off(self):
        self._rule_on_offer([self._task("Soon", delay_count=1), self._task("Later", delay_count=1)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_until("2026-02-06 09:00")

        self.assertExecutions(lead, [("Soon", "done"), ("Later", "scheduled")])
        self.assertPlannedFor(lead, "2026-02-07 09:00:00")

    def test_date_edited_into_out_of_and_across_the_window(self):
        """The window is what is due and not late: from today to the date. What became of an edit by the
        next morning."""
        table = (
            # what, before, after, by next morning
            ("into, from ahead", "2026-06-01", "2026-02-10", "done"),
            ("into, from none", False, "2026-02-10", "done"),
            ("to the very day", "2026-06-01", "2026-02-12", "done"),
            ("to tomorrow's", "2026-06-01", "2026-02-13", "done"),
            ("to the day after tomorrow's", "2026-06-01", "2026-02-14", ""),
            ("across, to yesterday", "2026-06-01", "2026-02-01", "done"),
            ("across, to long ago", "2026-06-01", "2026-01-20", "late"),
            ("out, ahead", "2026-02-13", "2026-06-01", ""),
            ("out, to none", "2026-02-13", False, ""),
            ("within", "2026-02-14", "2026-02-13", "done"),
            ("not at all", "2026-02-13", "2026-02-13", "done"),
        )
        self._create_dated_rule()
        leads = self._create_dated_leads(*(before for _what, before, _after, _outcome in table))
        self.assertEqual(self._get_outcomes(leads), [""] * len(table))

        for lead, (_what, _before, after, _outcome) in zip(leads, table, strict=True):
            lead.date_deadline = after
            self._new_transaction()
        self._run_until("2026-02-03 12:00")

        for outcome, (what, _before, _after, expected) in zip(self._get_outcomes(leads), table, strict=True):
            with self.subTest(what):
                self.assertEqual(outcome, expected)

    def test_date_edited_across_the_window_while_its_step_waits(self):
        table = (
            ("later", "2026-06-01", "date_moved"),
            ("none", False, "date_moved"),
            ("still due", "2026-02-11", "date_moved done"),
            ("long ago", "2026-01-10", "date_moved late"),
        )
        self._create_dated_rule(steps=[self._task(delay_count=1)])
        leads = self._create_dated_leads(*["2026-02-12"] * len(table))
        self.assertEqual(self._get_outcomes(leads), ["running"] * len(table))

        for lead, (_what, value, _outcome) in zip(leads, table, strict=True):
            lead.date_deadline = value
            self._new_transaction()
        self._run_until("2026-02-03 12:00")

        for outcome, (what, _value, expected) in zip(self._get_outcomes(leads), table, strict=True):
            with self.subTest(what):
                self.assertEqual(outcome, expected)

    def test_rule_switched_on_in_mid_window(self):
        """Promise 4: what was due before that day is history, what falls due on it or later is not."""
        leads = self._create_dated_leads("2026-02-01", "2026-02-10", "2026-02-12", "2026-02-13")
        self._create_dated_rule()

        self._run_until("2026-02-02 12:00")
        self.assertEqual(self._get_outcomes(leads), ["", "", "done", ""])
        self._run_until("2026-02-03 12:00")

        self.assertEqual(self._get_outcomes(leads), ["", "", "done", "done"])

    def test_rule_paused_for_a_week_and_resumed(self):
        """Dates that fell due meanwhile fire, or are noted as late."""
        rule = self._create_dated_rule(trg_date_range_mode="after", trg_date_range=0)
        leads = self._create_dated_leads("2026-02-03", "2026-02-06", "2026-02-08", "2026-02-10")
        rule.action_pause()
        for day in range(3, 10):
            self._run_until(f"2026-02-{day:02} 08:00")
        self.assertEqual(self._get_outcomes(leads), [""] * 4)

        rule.action_activate()
        self._run_until("2026-02-09 12:00")
        self.assertEqual(self._get_outcomes(leads), ["late", "late", "done", ""])
        self._run_until("2026-02-10 12:00")

        self.assertEqual(self._get_outcomes(leads), ["late", "late", "done", "done"])

    def test_what_happens_while_a_rule_is_paused_starts_nothing(self):
        """Nor later, when the record is touched; only when it happens again."""
        made = self._create_rule("create")
        offered = self._rule_on_offer()
        rules = made | offered
        rules.action_pause()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._move_to("2026-02-09 09:00")
        rules.action_activate()
        self._new_transaction()

        lead.name = "Touched"
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))
        self._drag(lead, self.stage_later)
        self._drag(lead, self.stage_offer)

        self.assertEqual(self._get_runs(lead).rule_id, offered)

    def test_planned_steps_wait_while_a_rule_is_paused(self):
        """They look again when they are let go: who left the conditions meanwhile is left alone."""
        rule = self._rule_on_offer([self._task(delay_count=1)])
        left, stayed = self._create_leads(2)
        self._drag(left | stayed, self.stage_offer)
        rule.action_pause()
        self._run_until("2026-02-08 09:00")
        self._drag(left, self.stage_later)
        self.assertExecutions(left | stayed, [("Call", "scheduled")] * 2)

        rule.action_activate()
        self._run_until("2026-02-09 09:00")

        self.assertExecutions(left, [("Call", "cancel")])
        self.assertExecutions(stayed, [("Call", "done")])
