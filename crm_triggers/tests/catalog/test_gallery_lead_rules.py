from odoo import fields
from odoo.tests import tagged

from ..gallery_case import GalleryCase


@tagged("post_install", "-at_install")
class TestGalleryLeadRules(GalleryCase):
    """The ready rules of the phases prospect and opportunity."""

    def test_lead_call(self):
        """K23, K27: a call by the next day."""
        self._use("lead_call")

        lead = self._create_lead(type="lead")
        self._run_worker()

        activity = lead.sudo().activity_ids
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertEqual((activity.user_id, activity.date_deadline), (self.sam, fields.Date.to_date("2026-02-03")))

    def test_lead_web(self):
        """K23, K25, K27, K30, Z36: assigned, acknowledged, to be called; the team leader is notified if nobody
        does.
        """
        self._use("lead_web")

        lead, called = self._create_leads(2, type="lead", user_id=False)
        self._run_worker()
        self.assertEqual(lead.user_id, self.sam)
        self.assertEqual(self._get_mail_subjects(), ["Your request has reached us"] * 2)
        self.assertIn("Sam", self._get_mails()[0].body_html)
        call = lead.sudo().activity_ids
        self.assertEqual((call.summary, str(call.date_deadline)), ("Call back within the hour", "2026-02-02"))
        called.sudo().activity_ids.action_feedback(feedback="Interested")

        self._run_until("2026-02-02 09:30")
        self.assertEqual(self._get_executions(lead)[-1].state, "scheduled")
        self._run_until("2026-02-02 12:30")

        self.assertEqual(self._get_told(lead, "more than an hour"), self.manager)
        self.assertEqual(self._get_executions(called)[-1].skip_reason, "condition")

    def test_prospect_nurture(self):
        """K19, K28, Z38: a scenario that an answer ends."""
        rule = self._use("prospect_nurture")
        lead, answering, won = self._create_leads(3)
        rule.with_user(self.sam).enroll(lead + answering + won)
        self._new_transaction()
        self._run_until("2026-02-09 09:05")
        self._let_mails_leave()
        self._answer(answering)
        won.action_set_won()
        self._run_until("2026-03-19 09:05")

        self._run_until("2026-05-03 09:05")

        self.assertEqual(
            self._get_mails().filtered(lambda mail: mail.res_id == lead.id).mapped("subject"),
            ["A question about your project", "Where does your project stand?"],
        )
        self.assertEqual(lead.sudo().activity_ids.summary, "Is the project ready now?")
        for stopped, reason in ((answering, "answered"), (won, "stop_domain")):
            self.assertStopped(stopped, reason)
            self.assertEqual(self._get_executions(stopped).mapped("state"), ["done", "cancel"])

    def test_opportunity_handover(self):
        """K17, K20: an activity immediately, the team leader if it is overdue."""
        self._use("opportunity_handover")
        lead, worked = self._create_leads(2, user_id=False)
        (lead + worked).sudo().write({"user_id": self.sam.id})
        self._new_transaction()
        self._run_worker()
        task = lead.sudo().activity_ids
        self.assertEqual((task.user_id, str(task.date_deadline)), (self.sam, "2026-02-03"))
        worked.sudo().activity_ids.action_feedback()

        self._run_until("2026-02-04 09:30")

        self.assertEqual(self._get_told(lead, "handed over"), self.manager)
        self.assertEqual(self._get_executions(worked)[-1].skip_reason, "condition")

    def test_opportunity_priority(self):
        """Z41: a person, not an email."""
        self._use("opportunity_priority")
        lead = self._create_lead()

        lead.priority = "2"
        self._new_transaction()
        self._run_worker()

        self.assertEqual(str(lead.sudo().activity_ids.date_deadline), "2026-02-02")
        self.assertEqual(self._get_told(lead, "high priority"), self.manager)
        self.assertFalse(self._get_mails())

    def test_opportunity_next(self):
        """K17, K64: on Monday, whatever has no next step; not what has one."""
        self._use("opportunity_next")
        lead, busy = self._create_leads(2)
        lead.sudo().activity_schedule("mail.mail_activity_data_call", user_id=self.sam.id).action_feedback()
        busy.sudo().activity_schedule("mail.mail_activity_data_call", user_id=self.sam.id)

        self._run_until("2026-02-09 07:05")

        self.assertEqual(lead.sudo().activity_ids.summary, "What is the next step?")
        self.assertFalse(self._get_runs(busy))
        self._run_until("2026-02-16 07:05")
        self.assertEqual(len(lead.sudo().activity_ids), 1)

    def test_opportunity_overdue(self):
        """K17, Z47: a new date ends it."""
        self._use("opportunity_overdue")
        lead, moved = self._create_leads(2, date_deadline="2026-02-10")
        self._run_until("2026-02-11 07:05")
        self.assertEqual(lead.sudo().activity_ids.user_id, self.sam)
        moved.date_deadline = "2026-04-30"
        self._new_transaction()

        self._run_until("2026-02-18 07:05")

        self.assertEqual(self._get_told(lead, "more than a week ago"), self.manager)
        self.assertStopped(moved, "date_moved")

    def test_opportunity_winback(self):
        """K07, Z44, Z46."""
        self._use("opportunity_winback")
        lead, restored, answering = self._create_leads(3)
        (lead + restored + answering).action_set_lost()
        self._new_transaction()
        self._run_worker()
        restored.action_restore()
        self._run_until("2026-05-03 09:05")
        self._answer(answering)

        self._run_until("2026-05-10 09:05")

        self.assertEqual(self._get_mail_subjects(), ["Has anything changed?"] * 2)
        self.assertEqual(self.partner.activity_ids.mapped("summary"), ["Lost three months ago: did our email arrive?"])
        self.assertStopped(restored, "unmatched")
        self.assertStopped(answering, "answered")

    def test_opportunity_still(self):
        self._use("opportunity_still")
        still, moved = self._create_leads(2)
        self._move_to("2026-02-05 09:00")
        self._drag(moved, self.stage_offer)

        self._run_until("2026-02-09 08:59")
        self.assertFalse(self._get_runs(still + moved))
        self._run_until("2026-02-09 09:05")

        self.assertExecutions(still, [("Move it forward", "done")])
        self.assertEqual(still.sudo().activity_ids.user_id, self.sam)
        self.assertFalse(self._get_runs(moved))

    def test_opportunity_lost(self):
        """K07: the note immediately, the call half a year later, on the contact: the opportunity is archived."""
        self._use("opportunity_lost")
        lead, restored = self._create_leads(2)
        (lead + restored).action_set_lost()
        self._new_transaction()
        self._run_worker()
        restored.action_restore()
        self._new_transaction()

        self._run_until("2026-08-02 09:05")

        self.assertExecutions(lead, [("Ask for the reason", "done"), ("Call back after 6 months", "done")])
        self.assertExecutions(restored, [("Ask for the reason", "done"), ("Call back after 6 months", "cancel")])
        note = lead.sudo().message_ids.filtered(lambda message: "note here why" in message.body)
        self.assertEqual(note.notified_partner_ids, self.sam.partner_id)
        self.assertEqual(self.partner.activity_ids.mapped("summary"), ["Lost six months ago: has anything changed?"])

    def test_opportunity_won(self):
        """K40, K44."""
        self._use("opportunity_won")
        lead = self._create_lead()

        lead.action_set_won()
        self._new_transaction()
        self._run_worker()

        self.assertExecutions(lead, [("Thank-you email", "done"), ("Prepare the start", "done")])
        self.assertEqual(self._get_mail_subjects(), ["Thank you for your trust"])
        self.assertEqual(lead.sudo().activity_ids.summary, "Welcome the customer and prepare the start")

    def test_meeting_quotation(self):
        """K32, K33: the meeting asks for the quotation."""
        self._use("meeting_quotation")
        lead = self._create_lead()
        meeting = {"name": "Meeting", "start": "2026-02-02 10:00:00", "stop": "2026-02-02 11:00:00"}
        self.env["calendar.event"].create({**meeting, "opportunity_id": lead.id})

        self._run_until("2026-02-02 11:05")

        task = lead.sudo().activity_ids
        self.assertEqual((task.summary, str(task.date_deadline)), ("Send the quotation", "2026-02-05"))
