from odoo.tests import tagged

from ..common import CrmTriggersCommon

SERIES = {"recurrency": True, "rrule_type": "daily", "interval": 1, "count": 5, "end_type": "count"}


@tagged("post_install", "-at_install")
class TestMeetingSeries(CrmTriggersCommon):
    """A series of meetings is planned and cancelled once, whatever is done to it."""

    def setUp(self):
        super().setUp()
        self.planned, self.cancelled, self.second = (
            self._create_rule("happening", [self._note()], happening=happening, meeting_rank=rank)
            for happening, rank in (("meeting_planned", 0), ("meeting_cancelled", 0), ("meeting_planned", 2))
        )

    def _meet(self, lead, **vals):
        """Return the meetings of a series, five days from Tuesday on by default."""
        values = {"name": "Visit", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00", **SERIES}
        meeting = self.env["calendar.event"].create({**values, "opportunity_id": lead.id, **vals})
        self._new_transaction()
        return self._get_series(meeting)

    def _get_series(self, meeting):
        return self.env["calendar.event"].search(
            [("crm_trigger_series", "=", meeting.crm_trigger_series)], order="start"
        )

    def _write(self, meeting, which, **vals):
        meeting.write({"recurrence_update": which, **vals})
        self._new_transaction()

    def assertCounted(self, planned, cancelled=0):  # noqa: N802
        self._new_transaction()
        self.assertEqual((len(self.planned.run_ids), len(self.cancelled.run_ids)), (planned, cancelled))
        self.assertFalse(self.second.run_ids)

    def test_linked_from_any_of_its_meetings(self):
        """To an opportunity, with all events or those that follow, moved meanwhile or not. Fails without
        ``crm_trigger_series`` in ``_get_crm_trigger_source``."""
        for which, vals in (
            ("all_events", {}),
            ("future_events", {}),
            ("all_events", {"start": "2026-02-04 11:00:00", "stop": "2026-02-04 12:00:00"}),
            ("future_events", {"start": "2026-02-04 11:00:00", "stop": "2026-02-04 12:00:00"}),
        ):
            with self.subTest(which=which, vals=vals):
                lead = self._create_lead()
                self._write(self._meet(self.env["crm.lead"])[1], which, opportunity_id=lead.id, **vals)
                self.assertEqual(self.planned.run_ids.mapped("res_id").count(lead.id), 1)
                self.assertFalse(self.second.run_ids | self.cancelled.run_ids)

    def test_linked_step_by_step(self):
        """One meeting, those that follow, then all."""
        lead, meetings = self._create_lead(), self._meet(self.env["crm.lead"])
        self._write(meetings[3], "self_only", opportunity_id=lead.id)
        self._write(meetings[1], "future_events", opportunity_id=lead.id)
        self._write(self._get_series(meetings[0])[0], "all_events", opportunity_id=lead.id)
        self.assertCounted(1)

    def test_moved_split_and_shortened(self):
        """Odoo archives its meetings and makes them anew. Fails without ``rearranged`` in ``write``."""
        meetings = self._meet(self._create_lead())
        self.assertCounted(1)
        self._write(meetings[0], "all_events", start="2026-02-03 13:00:00", stop="2026-02-03 14:00:00")
        self.assertCounted(1)
        meetings = self._get_series(meetings[0])
        self._write(meetings[2], "future_events", start="2026-02-05 15:00:00", stop="2026-02-05 16:00:00")
        self.assertCounted(1)
        self._write(self._get_series(meetings[0])[0], "all_events", **{**SERIES, "count": 2})
        self.assertCounted(1)
        self._write(self._get_series(meetings[0])[0], "future_events", recurrency=False)
        self.assertCounted(1)

    def test_first_day_does_not_fit_in(self):
        """A Tuesday in a series of Mondays: Odoo archives it. Fails without ``_crm_trigger_search_series``."""
        self._meet(self._create_lead(), rrule_type="weekly", mon=True, tue=False)
        self.assertCounted(1)

    def test_of_before_the_rule_is_moved(self):
        """Promise 4: it was planned before."""
        self.planned.action_pause()
        meetings = self._meet(self._create_lead())
        self.planned.action_activate()
        self._new_transaction()
        self._write(meetings[0], "all_events", start="2026-02-03 13:00:00", stop="2026-02-03 14:00:00")
        self._write(self._get_series(meetings[0])[2], "future_events", start="2026-02-05 15:00:00")
        self.assertCounted(0)

    def test_cancelled_as_a_whole_or_piece_by_piece(self):
        """By deleting or archiving all of it, what follows, or one meeting after another."""
        for number, cancel in enumerate(
            (
                lambda meetings: meetings[1].action_mass_deletion("all_events"),
                lambda meetings: meetings[1].action_mass_archive("all_events"),
                lambda meetings: meetings[2].action_mass_deletion("future_events"),
                lambda meetings: meetings.unlink(),
                lambda meetings: [(meeting.unlink(), self._new_transaction()) for meeting in meetings],
                lambda meetings: (meetings[4].action_archive(), self._new_transaction(), meetings[:4].unlink()),
            ),
            start=1,
        ):
            with self.subTest(number=number):
                cancel(self._meet(self._create_lead()))
                self.assertCounted(number, number)

    def test_duplicate_is_another_meeting(self):
        """Fails without ``copy``."""
        lead = self._create_lead()
        meetings = self._meet(lead)
        duplicate = meetings[1].copy({"recurrency": False, "recurrence_id": False})
        self._new_transaction()
        self.assertEqual(duplicate.crm_trigger_series, 0)
        self.assertEqual(len(self.planned.run_ids), 2)
        self.assertEqual(self.second.run_ids.res_id, lead.id)
