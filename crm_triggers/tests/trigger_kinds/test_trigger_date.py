from unittest.mock import patch

from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerDate(CrmTriggersCommon):
    """A date is reached: found by the clock, or captured when it is set late.

    It is Monday 2 February 2026, 10:00 in Paris (09:00 UTC).
    """

    def test_date_reached_fires_once(self):
        """K47. Fails without ``NOT EXISTS`` or the unique key."""
        self._rule_before_deadline()
        lead = self._create_lead(date_deadline="2026-04-01")

        self._run_until("2026-03-02 06:59")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-03-02 07:01")
        self._run_until("2026-03-02 07:06")
        self._run_until("2026-03-03 09:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_date_hour_is_on_the_clock_of_the_company(self):
        """Eight in New York is thirteen in UTC. Fails without ``tz`` in ``_get_date_rule``."""
        self.company.partner_id.tz = "America/New_York"
        self._rule_before_deadline()
        lead = self._create_lead(date_deadline="2026-04-01")

        self._run_until("2026-03-02 12:59")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-03-02 13:01")

        self.assertExecutions(lead, [("Call", "done")])

    def test_date_hour_follows_the_change_of_clocks(self):
        """From 29 March eight o'clock in Paris is six in UTC."""
        self._rule_before_deadline(2)
        lead = self._create_lead(date_deadline="2026-04-01")

        self._run_until("2026-03-30 06:01")

        self.assertExecutions(lead, [("Call", "done")])

    def test_date_entered_late_fires_at_once(self):
        """K52: entered ten days before the end, by a rule of thirty. Fails without ``due`` in
        ``decision.starting``."""
        self._rule_before_deadline()

        lead = self._create_lead(date_deadline="2026-02-12")

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_date_set_late_on_existing_record_fires_at_once(self):
        """K52: fails without ``_get_dated`` in ``OneRule``."""
        self._rule_before_deadline()
        lead = self._create_lead()

        lead.date_deadline = "2026-02-12"
        self._new_transaction()
        self._run_until("2026-02-03 12:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_date_moved_is_a_new_occurrence_and_cancels_the_old_plan(self):
        """K47, promise 3. Fails without ``moved`` in ``decision.stop_reason``."""
        self._rule_before_deadline(steps=[self._task("Later", delay_count=5)])
        lead = self._create_lead(date_deadline="2026-03-05")
        self._run_until("2026-02-03 08:00")
        self.assertExecutions(lead, [("Later", "scheduled")])

        lead.date_deadline = "2026-06-10"
        self._new_transaction()
        self.assertExecutions(lead, [("Later", "cancel")])
        self.assertEqual(self._get_runs(lead).stop_reason, "date_moved")
        self._run_until("2026-05-11 12:00")

        self.assertExecutions(lead, [("Later", "cancel"), ("Later", "scheduled")])
        self.assertEqual(self._get_runs(lead).mapped("date_value"), ["2026-03-05", "2026-06-10"])

    def test_date_moved_there_and_back_does_not_fire_again(self):
        """The same date never fires twice."""
        self._rule_before_deadline()
        lead = self._create_lead(date_deadline="2026-03-05")
        self._run_until("2026-02-03 08:00")

        for value in ("2026-06-10", "2026-03-05"):
            lead.date_deadline = value
            self._new_transaction()
        self._run_until("2026-02-04 08:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_date_removed_cancels_the_plan(self):
        self._rule_before_deadline(steps=[self._task(delay_count=5)])
        lead = self._create_lead(date_deadline="2026-03-05")
        self._run_until("2026-02-03 08:00")

        lead.date_deadline = False
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "cancel")])
        self.assertStopped(lead, "date_moved")

    def test_date_found_too_late_is_noted_not_acted_upon(self):
        """Z29, promise 2: after a long outage, seven days allowed. Fails without ``late`` in ``_sweep``."""
        self._rule_before_deadline(late_days=7)
        late, in_time = self._create_lead(date_deadline="2026-04-01"), self._create_lead(date_deadline="2026-04-06")

        self._run_until("2026-04-12 09:00")

        self.assertExecutions(late, [])
        self.assertStopped(late, "late")
        self.assertExecutions(in_time, [("Call", "done")])

    def test_no_day_of_grace_means_on_that_day_or_not_at_all(self):
        """Whatever finds it, three minutes later. Fails without the day in ``is_late``."""
        self._create_rule("date", date="date_deadline", late_days=0)
        self._create_rule("recurring", recur_unit="day", recur_from="2026-01-01", late_days=0, filter_domain="[]")
        lead, late = self._create_lead(date_deadline="2026-02-04"), self._create_lead(date_deadline="2026-02-05")

        self._run_until("2026-02-04 07:03")
        self.assertExecutions(lead, [("Call", "done"), ("Call", "done")])
        self._run_until("2026-02-06 06:00")

        self.assertEqual(self._get_runs(late).filtered("date_value")[-1:].stop_reason, "late")

    def test_entered_on_the_day_with_no_day_of_grace(self):
        self._create_rule("date", date="date_deadline", late_days=0)

        lead = self._create_lead(date_deadline="2026-02-02")

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_date_noted_as_late_is_not_found_again(self):
        self._rule_before_deadline(late_days=7)
        lead = self._create_lead(date_deadline="2026-04-01")

        self._run_until("2026-04-12 09:00")
        self._run_until("2026-04-12 10:00")

        self.assertStopped(lead, "late")

    def test_date_still_ahead_after_an_outage_fires(self):
        """K52: the clock and the decision agree on what is late: the contract can still be renewed."""
        self._rule_before_deadline(late_days=7)
        lead = self._create_lead(date_deadline="2026-04-01")

        self._run_until("2026-03-20 09:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_once_rule_is_not_used_up_by_a_missed_date(self):
        """Fails without the other reentry for late runs in ``_enter``."""
        self._rule_before_deadline(late_days=7, reentry="once")
        lead = self._create_lead(date_deadline="2026-01-20")
        self.assertStopped(lead, "late")

        lead.date_deadline = "2026-02-20"
        self._new_transaction()
        self._run_worker()

        self.assertExecutions(lead, [("Call", "done")])

    def test_date_set_far_in_the_past_is_noted_as_late(self):
        """The date itself is older than the rule allows, whatever its range."""
        self._rule_before_deadline(late_days=7)

        lead = self._create_lead(date_deadline="2026-01-20")

        self.assertExecutions(lead, [])
        self.assertStopped(lead, "late")

    def test_date_reached_while_not_matching_fires_when_it_matches(self):
        """Promise 2: fails without ``began`` in ``decision.starting``."""
        self._rule_before_deadline(filter_domain=[("priority", "=", "3")])
        lead = self._create_lead(date_deadline="2026-03-05")
        self._run_until("2026-02-03 08:00")
        self.assertFalse(self._get_runs(lead))

        lead.priority = "3"
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_once_rule_is_not_used_up_by_a_date_that_moved_in_time(self):
        """Stopped before its first step: the new date is the one that counts."""
        steps = [self._task(delay_count=2)]
        self._create_rule("date", steps, date="date_deadline", trg_date_range=5, reentry="once")
        lead = self._create_lead(date_deadline="2026-02-07")
        self._run_until("2026-02-02 10:00:00")
        lead.date_deadline = "2026-03-10"
        self._run_until("2026-03-05 10:00:00")
        self._run_until("2026-03-07 10:00:00")

        self.assertExecutions(lead, [("Call", "cancel"), ("Call", "done")])

    def test_date_reentry_once_fires_for_the_first_date_only(self):
        """Z25, K32."""
        self._rule_before_deadline(reentry="once")
        lead = self._create_lead(date_deadline="2026-03-05")
        self._run_until("2026-02-03 08:00")

        lead.date_deadline = "2026-06-10"
        self._run_until("2026-05-11 12:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_date_of_other_company_is_not_swept(self):
        """K22."""
        self._rule_before_deadline()
        lead = self.env["crm.lead"].create(
            {"name": "Lyon", "company_id": self.company_b.id, "date_deadline": "2026-04-01"}
        )

        self._run_until("2026-03-02 09:00")

        self.assertFalse(self._get_runs(lead))

    def test_date_of_archived_lead_is_left_alone_unless_conditions_speak_of_it(self):
        """Fails without ``_get_archived_domain``: a lost lead would be written to."""
        self._rule_before_deadline()
        speaking = self._rule_before_deadline(filter_domain=[("active", "=", False)])
        lead = self._create_lead(date_deadline="2026-04-01", active=False)

        self._run_until("2026-03-02 09:00")

        self.assertEqual(self._get_runs(lead).rule_id, speaking)

    def test_rule_with_broken_conditions_leaves_the_other_rules_be(self):
        """Fails without ``isolated`` in ``_cron_sweep``."""
        broken, sound = self._rule_before_deadline(), self._rule_before_deadline()
        lead = self._create_lead(date_deadline="2026-04-01")
        self._new_transaction()
        self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = '[(' WHERE id = %s", [broken.id])
        self.env.invalidate_all()

        with (
            patch.object(type(broken), "_check_health"),  # which would have paused it
            self.assertLogs("odoo.addons.crm_triggers.models.isolation", "ERROR"),
        ):
            self._run_until("2026-03-02 09:00")

        self.assertEqual(self._get_runs(lead).rule_id, sound)

    def test_who_was_put_in_by_hand_has_no_date_to_lose(self):
        """Fails without ``run.date_value`` in ``_has_moved``."""
        rule = self._create_rule("date", [self._task(delay_count=3)], date="date_deadline")
        lead = self._create_lead(date_deadline="2026-03-20")
        rule.enroll(lead)
        lead.date_deadline = "2026-03-27"
        self._new_transaction()

        self.assertEqual(self._get_runs(lead).state, "running")
