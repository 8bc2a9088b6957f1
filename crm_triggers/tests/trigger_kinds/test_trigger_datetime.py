from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerDatetime(CrmTriggersCommon):
    """A moment is reached, given by a field that has a time."""

    def test_datetime_reached_fires_to_the_minute(self):
        """K32: the first meeting is over; the calendar says when."""
        self._create_rule(
            "date", [self._task("Send the quotation", activity_date_deadline_range=3)], date="first_meeting_end"
        )
        lead = self._create_lead()
        self._create_meeting(lead, "2026-02-05 13:00", "2026-02-05 14:00")

        self._run_until("2026-02-05 13:59")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-02-05 14:00")

        self.assertExecutions(lead, [("Send the quotation", "done")])
        self.assertEqual(str(lead.activity_ids.date_deadline), "2026-02-08", "K33: within three days")

    def test_datetime_of_second_meeting_does_not_fire(self):
        """K32: the first one only."""
        self._create_rule("date", date="first_meeting_end", reentry="once")
        lead = self._create_lead()
        self._create_meeting(lead, "2026-02-05 13:00", "2026-02-05 14:00")
        self._run_until("2026-02-05 15:00")

        self._create_meeting(lead, "2026-02-06 13:00", "2026-02-06 14:00")
        self._run_until("2026-02-06 15:00")

        self.assertExecutions(lead, [("Call", "done")])

    def _create_meeting(self, lead, start, stop):
        self.env["calendar.event"].with_user(self.sam).create(
            {"name": "Meeting", "start": start, "stop": stop, "opportunity_id": lead.id}
        )
        self._new_transaction()
