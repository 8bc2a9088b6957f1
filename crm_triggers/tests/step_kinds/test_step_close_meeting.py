from odoo.fields import Command
from odoo.tests import tagged

from .close_case import CloseCase


@tagged("post_install", "-at_install")
class TestStepCloseMeeting(CloseCase):
    """Closing an activity that has a meeting does what Odoo's button does."""

    def _plan_meeting(self, lead, user=None, **vals):
        """Return a meeting of a salesperson with its activity on the lead."""
        user = user or self.sam
        values = {
            "name": "Visit",
            "start": "2026-02-03 10:00:00",
            "stop": "2026-02-03 11:00:00",
            "user_id": user.id,
            "partner_ids": [Command.set((user.partner_id | self.partner).ids)],
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
            "res_id": lead.id,
            **vals,
        }
        event = self.env["calendar.event"].with_user(user).sudo().create(values).with_env(self.env(su=True))
        self._new_transaction()
        return event

    def _close_meetings(self, **vals):
        meeting = self.env.ref("mail.mail_activity_data_meeting")
        return self._close(close_type_ids=[Command.set(meeting.ids)], **vals)

    def test_meeting_goes_with_the_activity_that_is_cancelled(self):
        """As by Odoo's button; that of another record stays. Fails with ``unlink`` in ``_crm_trigger_close``."""
        lead, other = self._create_leads(2)
        event, kept = self._plan_meeting(lead), self._plan_meeting(other)
        self.assertEqual(len(event.activity_ids | kept.activity_ids), 2)
        rule = self._rule_on_offer([self._close_meetings(close_as="cancel")])

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(self._get_executions(lead, rule).state, "done")
        self.assertFalse(event.exists())
        self.assertTrue(kept.activity_ids)

    def test_meeting_that_goes_along_is_not_called_off_by_a_person(self):
        """A rule that waits for a meeting to be cancelled does not start by what a step settles."""
        lead = self._create_lead()
        event = self._plan_meeting(lead, opportunity_id=lead.id)
        waiting = self._create_rule("happening", happening="meeting_cancelled")
        self._rule_on_offer([self._close_meetings(close_as="cancel")])

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertFalse(event.exists())
        self.assertFalse(self._get_executions(lead, waiting))

    def test_meeting_of_an_activity_that_is_done_stays_with_the_feedback(self):
        lead = self._create_lead()
        event = self._plan_meeting(lead)
        task = event.activity_ids
        self._rule_on_offer([self._close_meetings(close_feedback="It was held")])

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual((task.active, event.exists()), (False, event))
        self.assertIn("It was held", event.notes)
