from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestMeeting(CrmTriggersCommon):
    """Meetings of an opportunity that are planned, held or cancelled, by kind and rank (K13, K15, K32)."""

    def _create_meeting_rule(self, happening="meeting_held", **vals):
        return self._create_rule("happening", [self._note()], happening=happening, **vals)

    def _meet(self, lead, day, **vals):
        """Return a meeting from nine to ten (UTC) on a day of February, planned in a transaction of its own."""
        values = {
            "name": "Visit",
            "start": f"2026-02-{day:02} 09:00:00",
            "stop": f"2026-02-{day:02} 10:00:00",
            "location": "12 rue de Lyon",
            "opportunity_id": lead.id,
            **vals,
        }
        meeting = self.env["calendar.event"].create(values)
        self._new_transaction()
        return meeting

    def assertCaptured(self, rule, lead, count):  # noqa: N802
        self.assertEqual(rule.run_ids.mapped("res_id"), lead.ids * count)

    def test_held_once_its_end_has_passed(self):
        """K13, promise 1. Fails without the end in ``_search_held``."""
        rule, lead = self._create_meeting_rule(), self._create_lead()
        self._meet(lead, 3)
        self._run_until("2026-02-03 09:30:00")
        self.assertCaptured(rule, lead, 0)

        self._run_until("2026-02-03 10:05:00")
        self._run_until("2026-02-05 12:00:00")
        self.assertCaptured(rule, lead, 1)
        self.assertExecutions(lead, [("Note", "done")])

    def test_moved(self):
        """Before it is held, the new end counts; afterwards it is not noticed again. Fails if the
        key of the run is the end."""
        rule, lead = self._create_meeting_rule(), self._create_lead()
        meeting = self._meet(lead, 3)
        meeting.write({"start": "2026-02-04 09:00:00", "stop": "2026-02-04 10:00:00"})
        self._run_until("2026-02-03 12:00:00")
        self.assertCaptured(rule, lead, 0)
        self._run_until("2026-02-04 12:00:00")
        self.assertCaptured(rule, lead, 1)

        meeting.write({"start": "2026-02-06 09:00:00", "stop": "2026-02-06 10:00:00"})
        self._run_until("2026-02-07 12:00:00")
        self.assertCaptured(rule, lead, 1)

    def test_cancelled_or_without_opportunity_is_not_held(self):
        """Nor is one that ended before the rule was switched on (promise 4)."""
        lead = self._create_lead()
        self._run_until("2026-02-04 09:00:00")
        self._meet(lead, 3)
        rule = self._create_meeting_rule()
        self._meet(lead, 5).action_archive()
        self._meet(lead, 5).unlink()
        self._meet(self.env["crm.lead"], 5)
        self._run_until("2026-02-06 12:00:00")
        self.assertCaptured(rule, lead, 0)

    def test_first_on_site_exactly_once(self):
        """K32: a call by video before it is none; a second visit is not the first; nor is one that is
        entered afterwards as if it had been before. Fails without ``rank``, or without the rank in the key."""
        rule = self._create_meeting_rule(meeting_mode="onsite", meeting_rank=1)
        second = self._create_meeting_rule(meeting_mode="onsite", meeting_rank=2)
        lead = self._create_lead()
        self._meet(lead, 3, videocall_location="https://meet.example.com/1")
        self._run_until("2026-02-03 12:00:00")
        self.assertCaptured(rule, lead, 0)

        first = self._meet(lead, 4)
        self._meet(lead, 5)
        self._run_until("2026-02-04 12:00:00")
        self.assertCaptured(rule, lead, 1)
        self.assertCaptured(second, lead, 0)

        self._run_until("2026-02-05 12:00:00")
        self.assertCaptured(rule, lead, 1)
        self.assertCaptured(second, lead, 1)

        first.unlink()
        self._meet(lead, 3)
        self._meet(lead, 6)
        self._run_until("2026-02-07 12:00:00")
        self.assertCaptured(rule, lead, 1)

    def test_first_that_was_before_the_rule(self):
        """Promise 4: the first was held before; what comes is the second."""
        lead = self._create_lead()
        self._meet(lead, 3)
        self._run_until("2026-02-04 09:00:00")
        rule = self._create_meeting_rule(meeting_rank=1)
        self._meet(lead, 5)
        self._run_until("2026-02-06 12:00:00")
        self.assertCaptured(rule, lead, 0)

    def test_each_of_a_series(self):
        """Held one by one, planned once. A series that is moved as a whole makes meetings anew: those
        that were over are not noticed again. Fails without ``create_date`` in ``_search_held``, and
        without ``base_event_id`` in ``create``."""
        held, planned = self._create_meeting_rule(), self._create_meeting_rule("meeting_planned")
        cancelled = self._create_meeting_rule("meeting_cancelled")
        lead = self._create_lead()
        series = {"recurrency": True, "rrule_type": "daily", "interval": 1, "count": 5, "end_type": "count"}
        meeting = self._meet(lead, 3, **series)
        self.assertEqual(len(meeting.recurrence_id.calendar_event_ids), 5)
        self.assertCaptured(planned, lead, 1)

        self._run_until("2026-02-05 12:00:00")
        self.assertCaptured(held, lead, 3)
        values = {"start": "2026-02-03 09:30:00", "stop": "2026-02-03 10:30:00"}
        meeting.write({"recurrence_update": "all_events", **values})
        self._run_until("2026-02-06 10:15:00")
        self.assertCaptured(held, lead, 3)
        self._run_until("2026-02-09 12:00:00")
        self.assertCaptured(held, lead, 5)
        self.assertCaptured(planned, lead, 1)
        self.assertLessEqual(len(cancelled.run_ids), 1)

    def test_late_is_noted(self):
        """Promise 2: the clock stood still for too long. Fails without ``late`` in ``_sweep_held``."""
        rule = self._create_meeting_rule(late_days=2, reentry="once")
        lead, other = self._create_leads(2)
        self._meet(lead, 3)
        self._meet(other, 8)
        self.clock.move_to("2026-02-09 12:00:00")
        for _time in range(2):
            self._run_sweep()
        self.assertEqual(self._get_runs(lead).mapped("stop_reason"), ["late"])
        self.assertEqual(self._get_runs(other).mapped("occurrence"), ["once"])
        self.assertEqual(len(rule.run_ids), 2)

    def test_meeting_that_is_over_is_not_planned_or_cancelled(self):
        """It is entered, or cleaned up, afterwards. Fails without ``_get_crm_trigger_end`` in what happened."""
        planned, cancelled = map(self._create_meeting_rule, ("meeting_planned", "meeting_cancelled"))
        lead = self._create_lead()
        self._move_to("2026-02-10 09:00:00")
        over, linked = self._meet(lead, 3), self._meet(self.env["crm.lead"], 4)
        linked.opportunity_id = lead
        self._new_transaction()
        over.action_archive()
        linked.unlink()
        self._new_transaction()
        self.assertFalse(planned.run_ids | cancelled.run_ids)

    def test_meeting_that_is_moved_to_another_opportunity_was_planned_before(self):
        """Fails without ``not event.opportunity_id`` in ``write``."""
        planned = self._create_meeting_rule("meeting_planned")
        lead, other = self._create_leads(2)
        meeting = self._meet(lead, 9)
        meeting.opportunity_id = other
        self._new_transaction()
        self.assertCaptured(planned, lead, 1)

    def test_meeting_held_for_one_is_not_held_again_for_another(self):
        """Promise 1. Fails with the opportunity in the look for its run."""
        rule = self._create_meeting_rule()
        lead, other = self._create_leads(2)
        meeting = self._meet(lead, 3)
        self._run_until("2026-02-03 12:00:00")
        meeting.opportunity_id = other
        self._run_until("2026-02-03 13:00:00")
        self.assertCaptured(rule, lead, 1)

    def test_whole_day_is_over_when_its_day_is(self):
        """Odoo writes six o'clock in UTC, which is the morning in Los Angeles and the night in Tokyo. Fails
        with ``stop`` in ``_search_held``."""
        leads, rules = self._create_leads(2), []
        for tz in ("America/Los_Angeles", "Asia/Tokyo"):
            rules.append(self._create_meeting_rule(tz_from="fixed", tz=tz))
        self._meet(leads[0], 3, allday=True, start_date="2026-02-03", stop_date="2026-02-03")
        for moment, counts in (("03 14:55", (0, 0)), ("03 15:05", (0, 1)), ("04 07:55", (0, 1)), ("04 08:05", (1, 1))):
            self._run_until(f"2026-02-{moment}:00")
            self.assertEqual(tuple(len(rule.run_ids) for rule in rules), counts, moment)

    def test_paused_and_other_conditions(self):
        """A paused opportunity is noticed once it is resumed; one that does not meet the conditions is not."""
        rule = self._create_meeting_rule(filter_domain=[("stage_id", "=", self.stage_offer.id)])
        lead, other = self._create_lead(stage_id=self.stage_offer.id), self._create_lead()
        lead.action_crm_trigger_pause()
        self._meet(lead, 3)
        self._meet(other, 3)
        self._run_until("2026-02-04 12:00:00")
        self.assertFalse(rule.run_ids)
        lead.action_crm_trigger_resume()
        self._run_until("2026-02-04 13:00:00")
        self.assertCaptured(rule, lead, 1)

    def test_by_tag_and_rank_of_planned_and_cancelled(self):
        """K13, K15: the second call that is planned, and that is cancelled."""
        tag = self.env["calendar.event.type"].create({"name": "Signature"})
        planned, cancelled = (
            self._create_meeting_rule(happening, meeting_mode="phone", meeting_rank=2, meeting_tag_id=tag.id)
            for happening in ("meeting_planned", "meeting_cancelled")
        )
        lead = self._create_lead()
        values = {"location": "01 44 55 66 77", "categ_ids": [Command.link(tag.id)]}
        first = self._meet(lead, 3, **values)
        self._meet(lead, 3, location=False)
        self._meet(lead, 3, categ_ids=values["categ_ids"])
        first.action_archive()
        self._new_transaction()
        self.assertFalse(planned.run_ids | cancelled.run_ids)

        second = self._meet(lead, 4, **values)
        self.assertCaptured(planned, lead, 1)
        second.action_archive()
        self._new_transaction()
        self.assertCaptured(cancelled, lead, 1)
        self.assertIn("only number 2, by phone, tag “Signature”", planned.sentence)
        with self.assertRaises(UserError):
            tag.unlink()

    def test_many_in_few_queries(self):
        """Fails with a query for each meeting."""
        rule = self._create_meeting_rule(meeting_mode="onsite", meeting_rank=1)
        leads = self._create_leads(40)
        for lead in leads:
            self._meet(lead, 3)
        self.clock.move_to("2026-02-03 12:00:00")
        self._new_transaction()
        with self.assertQueryCount(__system__=40):
            self.assertEqual(rule._sweep_held(500), 40)
        self.assertEqual(rule._sweep_held(500), 0)

    def test_clock_goes_on_behind_those_that_are_not_meant(self):
        """Fails without ``offset``."""
        rule = self._create_meeting_rule(meeting_mode="onsite")
        lead = self._create_lead()
        self._meet(lead, 3, location=False)
        self._meet(lead, 4)
        self.clock.move_to("2026-02-05 12:00:00")
        self._new_transaction()
        self.assertEqual(rule._sweep_held(1), 1)

    def test_explained(self):
        """Promise 5: when the next one ends."""
        rule, lead = self._create_meeting_rule(meeting_mode="video"), self._create_lead()
        self._meet(lead, 3)
        self.assertFalse(rule.explain(lead)["date"])
        self._meet(lead, 4, videocall_location="https://meet.example.com/1")
        answer = rule.with_user(self.manager).explain(lead)
        self.assertEqual(answer["date"]["due_at"], "2026-02-04 10:00:00")
        self.assertIn("Next meeting", answer["verdict"])

    def test_preset_and_its_words(self):
        """K60: the sentence does not repeat the preset; conflicting values drop its words."""
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.preset_id = self.env.ref("crm_triggers.preset_opportunity_first_visit")
        self.assertEqual((form.meeting_mode, form.meeting_rank), ("onsite", 1))
        self.assertIn("When the first meeting on site of an opportunity was held:", form.sentence)
        form.meeting_mode = "video"
        self.assertFalse(form.preset_id)
        self.assertIn("only the first one, by video", form.sentence)

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self._create_meeting_rule(model="sale.order")
        with self.assertRaises(ValidationError):
            self._create_meeting_rule(meeting_rank=1001)
