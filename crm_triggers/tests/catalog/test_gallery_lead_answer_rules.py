from odoo.fields import Command
from odoo.tests import tagged

from ..gallery_case import GalleryCase


@tagged("post_install", "-at_install")
class TestGalleryLeadAnswerRules(GalleryCase):
    """Ready rules about answering leads, handing them over, and what comes next."""

    def setUp(self):
        super().setUp()
        self.call = self.env.ref("mail.mail_activity_data_call")

    def _create_unanswered(self):
        lead = self._create_lead(type="lead", email_from="ada@example.com").sudo()
        self._run_worker()
        return lead

    def _get_done(self, lead):
        return [line.step_name for line in self._get_executions(lead).sorted("id") if line.state == "done"]

    def test_lead_answer(self):
        """K31: call or write; without either the salesperson is reminded after 4 working hours, the leader notified
        after a day.
        """
        self._use("lead_answer")
        self._use("lead_answered")
        lead = self._create_unanswered()
        self.assertEqual((lead.activity_ids.activity_type_id, lead.activity_ids.user_id), (self.call, self.sam))

        self._run_until("2026-02-02 15:05:00")
        self.assertEqual(self._get_done(lead), ["Call or write", "Remind the salesperson"])
        self._run_until("2026-02-03 09:05:00")

        self.assertEqual(self._get_done(lead)[2:], ["Notify the team leader"])
        self.assertIn(self.manager.partner_id, lead.message_ids[0].notified_partner_ids)

    def test_lead_answered(self):
        """K31, K33: writing is as good as calling: either stops the reminders."""
        self._use("lead_answer")
        self._use("lead_answered")
        called, written = self._create_unanswered(), self._create_unanswered()

        called.activity_ids.with_user(self.sam).action_feedback("Reached her")
        written.with_user(self.sam).message_post(
            body="Dear Ada", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._run_until("2026-02-03 09:05:00")

        self.assertFalse((called + written).activity_ids)
        self.assertEqual(self._get_done(called), ["Call or write"])
        self.assertEqual(self._get_done(written), ["Call or write", "Close the call"])

    def test_lead_handover(self):
        """K19, K20: a lead qualified by marketing is assigned to a salesperson, with a dated activity; if it is not
        done, the leader is notified.
        """
        self._use("lead_handover")
        leads = self._create_leads(2, type="lead", user_id=False).sudo()
        self._new_transaction()
        for lead in leads:
            lead.convert_opportunity(self.partner)
        self._new_transaction()
        self._run_worker()

        self.assertEqual(leads.user_id, self.sam)
        self.assertEqual({str(activity.date_deadline) for activity in leads.activity_ids}, {"2026-02-03"})
        self.assertIn(self.sam.partner_id, leads[0].message_ids.notified_partner_ids)

        leads[0].activity_ids.action_feedback("Called")
        self._run_until("2026-02-04 09:05:00")

        last = "Not called: notify the team leader"
        self.assertNotIn(last, self._get_done(leads[0]))
        self.assertIn(last, self._get_done(leads[1]))
        self.assertIn(self.manager.partner_id, leads[1].message_ids.notified_partner_ids)

    def test_lead_handover_leaves_the_scenario_of_marketing(self):
        """K19: one step more takes the lead out of what marketing had it in."""
        nurture = self._create_rule("manual", [self._task("Newsletter", delay_count=5)], name="Nurture")
        rule = self._use("lead_handover")
        leave = {"kind": "leave", "name": "Leave", "left_scenario_id": nurture.id, "sequence": 5}
        rule.step_ids = [Command.create(leave)]
        self._new_transaction()
        lead = self._create_lead(type="lead", user_id=False).sudo()
        nurture.enroll(lead)
        self._new_transaction()

        lead.convert_opportunity(self.partner)
        self._run_worker()

        self.assertEqual(self._get_runs(lead).filtered(lambda run: run.rule_id == nurture).stop_reason, "left")
        self.assertEqual(lead.user_id, self.sam)

    def test_opportunity_next_call(self):
        """K17: closing one plans the next; not while another one is open, nor when it is won."""
        self._use("opportunity_next_call")
        last, other, won = self._create_leads(3).sudo()
        for lead in last + other + won:
            lead.activity_schedule(activity_type_id=self.todo.id, user_id=self.sam.id)
        other.activity_schedule(activity_type_id=self.todo.id, user_id=self.sam.id)
        won.action_set_won()
        self._new_transaction()

        for lead in last + other + won:
            lead.activity_ids[:1].action_feedback("Done")
        self._run_worker()

        self.assertEqual(
            (last.activity_ids.activity_type_id, str(last.activity_ids.date_deadline)), (self.call, "2026-02-09")
        )
        self.assertEqual(other.activity_ids.activity_type_id, self.todo)
        self.assertFalse(won.activity_ids)
