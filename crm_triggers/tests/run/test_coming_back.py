from odoo.tests import tagged

from ..coming_back_case import ComingBackCase


@tagged("post_install", "-at_install")
class TestComingBack(ComingBackCase):
    """What was done stays done, what was not is planned again."""

    def test_what_was_done_stays_done_and_the_next_step_has_its_own_time(self):
        """Fails without ``_come_back`` in ``_enter``: nothing was ever done again."""
        _rule, lead = self._start(0, 3, 6)
        self.assertExecutions(lead, [("1", "done"), ("2", "scheduled")])
        self._leave(lead)
        self.assertExecutions(lead, [("1", "done"), ("2", "cancel")])

        self._come_back(lead, "2026-02-05 09:00:00")
        self.assertExecutions(lead, [("1", "done"), ("2", "scheduled")])
        self.assertPlannedFor(lead, "2026-02-06 09:00:00")
        self._run_until("2026-02-06 09:30:00")
        self._run_until("2026-02-09 09:30:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "done"), ("3", "done")])
        run = self._get_runs(lead)
        self.assertRecordValues(run, [{"state": "done", "stop_reason": False}])
        self.assertEqual((run.stopped_at.day, run.resumed_at.day), (4, 5))
        self.assertEqual(sorted(lead.activity_ids.mapped("summary")), ["1", "2", "3"])

    def test_delay_from_the_step_before_counts_from_when_that_was_done(self):
        """Fails with ``now`` in place of ``previous_at``."""
        steps = [self._task("1", sequence=1), self._task("2", sequence=2, delay_count=4, delay_from="previous")]
        self._create_rule("date", steps, date="date_deadline", trg_date_range=5, filter_domain=self._on_offer())
        lead = self._create_lead(stage_id=self.stage_offer.id, date_deadline="2026-02-08")
        self._run_until("2026-02-03 09:00:00")
        self._leave(lead)

        self._come_back(lead, "2026-02-06 12:00:00")

        self.assertPlannedFor(lead, "2026-02-07 09:00:00")

    def test_where_nothing_was_done_it_begins_as_if_new(self):
        """The old run stays in the log, the delays count anew. Fails without ``_give_back``."""
        _rule, lead = self._start(2)
        self._leave(lead)

        self._come_back(lead, "2026-02-04 10:00:00")
        self._run_until("2026-02-06 10:30:00")

        self.assertExecutions(lead, [("1", "cancel"), ("1", "done")])
        self.assertEqual(self._get_runs(lead).mapped("state"), ["stopped", "done"])
        self.assertEqual(self._get_runs(lead).mapped("date_value"), ["2026-02-08"] * 2)

    def test_time_that_passed_meanwhile_is_now(self):
        _rule, lead = self._start(0, 3)
        self._leave(lead)

        self._come_back(lead, "2026-02-08 12:00:00")
        self._run_worker()

        self.assertExecutions(lead, [("1", "done"), ("2", "done")])

    def test_step_that_is_too_late_is_noted_and_the_next_one_planned(self):
        """Fails without ``in_time`` in ``_plan``."""
        rule, lead = self._start(0, 3, 20)
        self._leave(lead)

        self._come_back(lead, "2026-02-17 09:00:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "skipped", "late"), ("3", "scheduled")])
        self.assertPlannedFor(lead, "2026-02-23 09:00:00")
        self.assertIn("resumed on 02/17/2026", rule.explain(lead)["verdict"])

    def test_where_all_that_is_left_is_too_late_the_run_stops_as_late(self):
        """And is not taken up again. Fails without ``_stop_late``."""
        _rule, lead = self._start(0, 3)
        self._leave(lead)

        self._come_back(lead, "2026-02-17 09:00:00")
        self._drag(lead, self.stage_later)
        self._come_back(lead, "2026-02-18 09:00:00")
        self._run_until("2026-02-18 10:00:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "skipped", "late")])
        self.assertStopped(lead, "late")

    def test_reminder_that_is_ahead_is_not_lost_because_the_date_is_late(self):
        """A payment that comes back after two weeks, before the first reminder. Fails without ``_begin_again``."""
        _rule, lead = self._start(20)
        self._leave(lead)

        self._come_back(lead, "2026-02-18 09:00:00")

        self.assertPlannedFor(lead, "2026-02-23 09:00:00")
        self.assertEqual(self._get_runs(lead).mapped("state"), ["stopped", "running"])

    def test_leaving_again_and_again_does_each_step_once(self):
        _rule, lead = self._start(0, 1, 2, 3)
        for day in range(4, 10):
            self._leave(lead, f"2026-02-{day:02} 10:00:00")
            self._run_until(f"2026-02-{day:02} 11:00:00")
            self._come_back(lead, f"2026-02-{day:02} 12:00:00")
            self._run_until(f"2026-02-{day:02} 13:00:00")

        self.assertExecutions(lead, [(str(number), "done") for number in range(1, 5)])
        self.assertEqual(len(lead.activity_ids), 4)

    def test_step_that_was_planned_is_planned_again_though_the_one_done_was_moved_behind(self):
        rule, lead = self._start(0, 3)
        self._leave(lead)
        rule.step_ids.filtered(lambda step: step.name == "1").with_user(self.manager).sequence = 9

        self._come_back(lead, "2026-02-05 09:00:00")
        self.assertPlannedFor(lead, "2026-02-06 09:00:00")
        self._run_until("2026-02-06 09:30:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "done")])
        self.assertEqual(self._get_runs(lead).state, "done")

    def test_email_that_was_taken_back_before_it_left_is_written_again(self):
        """And what follows it, whose line was cancelled too. Fails without ``_plan_cancelled``."""
        steps = [self._task("1", sequence=1), self._mail(self._create_template(), name="2", sequence=2)]
        steps += [self._task("3", sequence=3, delay_count=4, delay_from="start")]
        self._create_rule("date", steps, date="date_deadline", trg_date_range=5, filter_domain=self._on_offer())
        lead = self._create_lead(stage_id=self.stage_offer.id, date_deadline="2026-02-08")
        self._run_until("2026-02-03 09:00:00")
        self.assertExecutions(lead, [("1", "done"), ("2", "done"), ("3", "scheduled")])
        self._leave(lead)
        self.assertExecutions(lead, [("1", "done"), ("2", "cancel"), ("3", "cancel")])

        self._come_back(lead, "2026-02-05 09:00:00")
        self._run_worker()

        self.assertExecutions(lead, [("1", "done"), ("2", "done"), ("3", "scheduled")])
        self.assertPlannedFor(lead, "2026-02-07 09:00:00")

    def test_step_that_was_deleted_meanwhile_is_passed_over(self):
        rule, lead = self._start(0, 3, 4)
        self._leave(lead)
        rule.step_ids.filtered(lambda step: step.name == "2").with_user(self.manager).unlink()

        self._come_back(lead, "2026-02-05 09:00:00")

        self.assertExecutions(lead, [("1", "done"), ("2", "cancel"), ("3", "scheduled")])

    def test_once_goes_on_with_the_one_run_it_is(self):
        _rule, lead = self._start(0, 1, reentry="once")
        self._leave(lead)
        self._come_back(lead, "2026-02-05 09:00:00")
        self._run_worker()

        self.assertExecutions(lead, [("1", "done"), ("2", "done")])
        self.assertEqual(self._get_runs(lead).occurrence, "once")

    def test_once_that_another_date_took_is_not_taken_again(self):
        """Left before anything was done, then done for another date, then back. Fails without the other
        run in ``_sql_was_left``, which the clock would find for ever."""
        rule, lead = self._start(1, reentry="once")
        lead.date_deadline = "2026-02-07"
        self._new_transaction()
        self._run_until("2026-02-04 09:30:00")
        self.assertExecutions(lead, [("1", "cancel"), ("1", "done")])
        lead.date_deadline = "2026-02-08"
        self._new_transaction()
        self._run_until("2026-02-06 09:30:00")

        self.assertExecutions(lead, [("1", "cancel"), ("1", "done")])
        self.assertEqual(rule._sweep_back(10), 0)

    def test_once_with_nothing_done_begins_as_if_new(self):
        _rule, lead = self._start(1, reentry="once")
        self._leave(lead)
        self._come_back(lead, "2026-02-04 10:00:00")
        self._run_until("2026-02-05 10:30:00")

        self.assertExecutions(lead, [("1", "cancel"), ("1", "done")])

    def test_limits_do_not_count_again_what_goes_on_and_count_what_begins(self):
        """Two a day for Ada: whose place was taken meanwhile is held back, whose step was done goes on."""
        for delays, state in (((0, 5), "running"), ((5,), "stopped")):
            with self.subTest(delays=delays):
                self._move_to("2026-02-02 09:00:00")
                rule, leads = self._start(*delays, leads=self._create_leads(2), limit_count=2, limit_period="month")
                self._leave(leads[0])
                other = self._create_lead(stage_id=self.stage_offer.id, date_deadline="2026-02-07")
                self._come_back(leads[0], "2026-02-05 09:00:00")
                self.assertEqual(self._get_runs(leads[0])[-1].state, state)
                self.assertEqual(len(self._get_runs(other)), 1)
                rule.action_draft()
                (leads | other).sudo().unlink()
