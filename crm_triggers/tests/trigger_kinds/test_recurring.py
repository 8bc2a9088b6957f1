from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import START, CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRecurring(CrmTriggersCommon):
    """K64: acting every day, week, month or quarter on all records that meet the conditions.

    It is Monday, 2 February 2026, ten o'clock in Paris: the rules of eight o'clock are made
    after their first occurrence.
    """

    def _create_recurring(self, steps=None, **vals):
        vals = {"filter_domain": [("stage_id", "=", self.stage_offer.id)], **vals}
        return self._create_rule("recurring", steps, **vals)

    def _get_days(self, rule):
        return sorted(rule.run_ids.mapped("date_value"))

    def test_every_monday_on_all_that_match_then(self):
        """K64, promises 1, 2 and 4. Fails without ``_recur_from_now`` in ``_activate`` (the
        Monday that has begun), and without ``recur_since = occurrence.due_at`` (Wednesday's lead)."""
        lead, other = self._create_leads(2)
        lead.stage_id = self.stage_offer
        rule = self._create_recurring()
        self._run_until("2026-02-02 12:00:00")
        self._run_until("2026-02-09 06:59:00")
        self.assertFalse(rule.run_ids, "nothing past, nothing too early")

        self._run_until("2026-02-09 07:01:00")
        self._run_until("2026-02-09 09:00:00")
        self.assertEqual((rule.run_ids.mapped("res_id"), self._get_days(rule)), (lead.ids, ["2026-02-09"]))
        self.assertExecutions(lead, [("Call", "done")])

        self._move_to("2026-02-11 09:00:00")
        self._drag(other, self.stage_offer)
        self._run_until("2026-02-11 10:00:00")
        self.assertEqual(rule.run_count, 1, "who comes later waits for the next time")

        self._run_until("2026-02-16 07:30:00")
        self.assertEqual(self._get_days(rule), ["2026-02-09", "2026-02-16", "2026-02-16"])
        self.assertEqual(len(lead.activity_ids), 2)

    def test_only_the_last_that_was_missed_is_made_up_for(self):
        """Promise 2: the clock stood still for three days."""
        self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_recurring(recur_unit="day")
        self._run_until("2026-02-03 08:00:00")
        self._run_until("2026-02-06 12:00:00")

        self.assertEqual(self._get_days(rule), ["2026-02-03", "2026-02-06"])
        self.assertFalse(rule.run_ids.filtered("stop_reason"))

    def test_too_late_is_noted(self):
        """Z29. Fails without ``late`` in ``_sweep_recurring``."""
        lead = self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_recurring(recur_unit="month", recur_day=5, late_days=3)
        self._run_until("2026-02-08 12:00:00")

        self.assertEqual(self._get_days(rule), ["2026-02-05"])
        self.assertStopped(lead, "late")
        self._run_until("2026-03-05 12:00:00")
        self.assertEqual(rule.run_ids.mapped("state"), ["done", "stopped"])

    def test_never_twice_whoever_looks(self):
        """Promise 1. A second look at the same occurrence, as of a clock that was torn from its
        work before it noted it: ``_sql_has_no_run``, ``_get_runs_of_dates`` and the unique key each hold it.
        Of two clocks at once only the key does: fails without ``date_value`` in ``decision.occurrence``."""
        self._create_leads(3, stage_id=self.stage_offer.id)
        rule = self._create_recurring()
        self._run_until("2026-02-09 08:00:00")
        rule.recur_since = "2026-02-02 10:00:00"
        for hour in (8, 12):
            rule.date_hour = hour
            rule.recur_since = "2026-02-02 10:00:00"
            self._run_until("2026-02-09 14:00:00")

        self.assertEqual(self._get_days(rule), ["2026-02-09"] * 3)
        self.assertEqual(rule.run_ids.mapped("occurrence"), ["2026-02-09"] * 3)
        self.assertEqual(rule._sweep_recurring(10), 0)

    def test_more_than_a_batch(self):
        """Promise 7: batch by batch, and no query for a record."""
        self._create_leads(25, stage_id=self.stage_offer.id)
        rule = self._create_recurring()
        self._move_to("2026-02-09 08:00:00")
        found = [rule._sweep_recurring(10) for _batch in range(4)]

        self.assertEqual((found, len(rule.run_ids)), ([10, 10, 5, 0], 25))
        self.assertEqual(rule.recur_since, datetime(2026, 2, 9, 7))
        self._move_to("2026-02-16 08:00:00")
        rule._sweep_recurring(1)
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=20):
            rule._sweep_recurring(20)
        self.assertEqual(len(rule.run_ids), 46)

    def test_once_per_record(self):
        lead = self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_recurring(reentry="once")
        self._run_until("2026-02-09 08:00:00")
        self._create_lead(stage_id=self.stage_offer.id)
        self._run_until("2026-02-16 08:00:00")

        self.assertEqual((self._get_runs(lead).occurrence, rule.run_count), ("once", 2))

    def test_steps_wait_and_stop_like_those_of_other_rules(self):
        """Promise 3. Fails without ``rule.trigger == "date"`` in the worker."""
        lead, won = self._create_leads(2, stage_id=self.stage_offer.id)
        self._create_recurring([self._task("First"), self._task("Second", delay_count=2, delay_unit="days")])
        self._run_until("2026-02-09 08:00:00")
        self._drag(won, self.stage_later)
        self._run_until("2026-02-11 09:00:00")

        self.assertExecutions(lead, [("First", "done"), ("Second", "done")])
        self.assertExecutions(won, [("First", "done"), ("Second", "cancel")])

    def test_changed_day_counts_from_now(self):
        """Promise 4. Fails without ``_recur_from_now`` in ``write``: Tuesday was the day before."""
        self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_recurring()
        self._run_until("2026-02-11 12:00:00")
        rule.with_user(self.manager).write({"recur_weekday": "1"})
        self._run_until("2026-02-11 13:00:00")
        self.assertEqual(self._get_days(rule), ["2026-02-09"])

        self._run_until("2026-02-17 13:00:00")
        self.assertEqual(self._get_days(rule), ["2026-02-09", "2026-02-17"])

    def test_paused_rule_and_record(self):
        """What fell due while a rule was paused is gone; of a paused record it is noted."""
        lead = self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_recurring()
        rule.action_pause()
        self._run_until("2026-02-09 12:00:00")
        rule.action_activate()
        self._run_until("2026-02-09 13:00:00")
        self.assertFalse(rule.run_ids)

        lead.action_crm_trigger_pause()
        self._run_until("2026-02-16 12:00:00")
        lead.action_crm_trigger_resume()
        self._run_until("2026-02-16 13:00:00")
        self.assertStopped(lead, "record_paused")

    def test_working_days_and_zone(self):
        """K64: the hour is in the rule's time zone, and a day off moves to the next."""
        self._create_lead(stage_id=self.stage_offer.id)
        calendar = self.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": "2026-02-08 00:00:00",
                "date_to": "2026-02-09 23:00:00",
            }
        )
        rule = self._create_recurring(
            trg_date_calendar_id=calendar.id, tz_from="fixed", tz="America/New_York", date_hour=9
        )
        for moment, days in (
            ("2026-02-02 13:59:00", []),
            ("2026-02-02 14:00:00", ["2026-02-02"]),
            ("2026-02-10 13:59:00", ["2026-02-02"]),
            ("2026-02-10 14:00:00", ["2026-02-02", "2026-02-09"]),
        ):
            self._run_until(moment)
            self.assertEqual(self._get_days(rule), days, moment)

    def test_activation_does_not_ask_about_what_is_so_already(self):
        """It acts on existing matches anyway, at its time."""
        self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_recurring(activate=False)

        rule.with_user(self.manager).action_switch_on()
        self.assertEqual((rule.state, rule.run_count), ("live", 0))

    def test_test_mode_only_logs(self):
        lead = self._create_lead(stage_id=self.stage_offer.id)
        self._create_recurring(activate=False).action_test()
        self._run_until("2026-02-09 12:00:00")

        self.assertExecutions(lead, [("Call", "skipped", "test")])

    def test_explained_and_told(self):
        """Promise 5: the next time; and in the panel, which time it was."""
        lead = self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_recurring()
        answer = rule.with_user(self.manager).explain(lead)
        self.assertEqual((answer["ok"], answer["date"]["due_at"]), (True, "2026-02-09 07:00:00"))
        self.assertIn("Next time", answer["verdict"])

        self._run_until("2026-02-09 12:00:00")
        self.assertEqual(rule.run_ids._get_why(), "Every Monday: 02/09/2026")

    def test_sentence(self):
        """K60: what one reads is what it does."""
        rule = self._create_recurring(activate=False, filter_domain="[]")
        said = {
            "Every Monday": {},
            "Every day": {"recur_unit": "day"},
            "Every 3 days": {"recur_count": 3},
            "Every 3 weeks, on Friday": {"recur_unit": "week", "recur_weekday": "4"},
            "Every 3 months, on day 1 of the month": {"recur_unit": "month"},
            "Every month, on the last day of the month": {"recur_count": 1, "recur_day": 31},
            "Every quarter, on the last day of the month": {"recur_unit": "quarter"},
        }
        for words, vals in said.items():
            rule.write(vals)
            with self.subTest(words):
                self.assertTrue(
                    rule.sentence.startswith(f"{words}, for all records that meet the conditions ("), rule.sentence
                )
        rule.write({"recur_unit": "day", "trg_date_calendar_id": self.company.resource_calendar_id.id})
        self.assertTrue(rule.sentence.startswith("Every working day, for "))

    def test_made_in_the_form(self):
        """K61: picked by words, and quarters begin with those of the calendar."""
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.preset_id = self.env.ref("crm_triggers.preset_contact_regularly")
        form.recur_unit = "quarter"
        with form.step_ids.new() as step:
            step.activity_type_id = self.todo
        rule = form.save()

        self.assertEqual((rule.trigger, str(rule.recur_from)), ("recurring", "2026-01-01"))
        self.assertIn("Every quarter, on day 1 of the month, for each customer:", rule.sentence)

    def test_bad_input(self):
        """Refused on saving, naming the rule and the cure."""
        rule = self._create_recurring(activate=False)
        for vals in ({"recur_from": False}, {"recur_count": 41, "recur_unit": "quarter"}, {"recur_count": 523}):
            with self.subTest(vals), self.assertRaises(ValidationError) as caught:
                rule.write(vals)
            self.assertIn("“Rule”", str(caught.exception))
        for vals in ({"recur_count": 0}, {"recur_day": 32}, {"recur_day": 0}):
            with self.subTest(vals), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                rule.write(vals)
        with self.assertRaises(AccessError):
            rule.with_user(self.manager).write({"recur_since": START})

    def test_old_days_are_forgotten_and_do_not_come_again(self):
        """017. Fails without its ``_sql_key_is_spent``: the runs of a rule of every day stay for ever."""
        self._create_lead(stage_id=self.stage_offer.id)
        rule = self._create_recurring(recur_unit="day")
        self._run_until("2026-02-03 08:00:00")
        self.env["ir.config_parameter"].sudo().set_param("crm_triggers.retention_days", "30")
        self._run_until("2026-06-03 08:00:00")
        self.assertEqual(self._get_days(rule), ["2026-02-03", "2026-06-03"])

        self.assertEqual(rule._purge_runs(10), 1)
        self._run_until("2026-06-03 12:00:00")
        self.assertEqual(self._get_days(rule), ["2026-06-03"])
