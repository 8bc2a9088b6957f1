from odoo import fields
from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from .common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestGalleryRules(CrmTriggersCommon, MailCase):
    """Each ready rule: used, activated, and fired by a real happening."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _use(self, name):
        """Return the rule that the manager made of a ready one, switched on as it is."""
        ready = self.env.ref(f"crm_triggers.template_{name}").with_user(self.manager)
        rule = ready.browse(ready.action_use()["res_id"])
        rule.action_activate()
        self._new_transaction()
        return rule

    def _send(self, order):
        order.action_quotation_sent()
        self._new_transaction()

    def _get_mail_subjects(self):
        return self._new_mails.filtered(lambda mail: self.partner in mail.recipient_ids).mapped("subject")

    def test_lead_call(self):
        """K23, K27: a call by the next day."""
        self._use("lead_call")

        lead = self._create_lead(type="lead")
        self._run_worker()

        activity = lead.sudo().activity_ids
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertEqual((activity.user_id, activity.date_deadline), (self.sam, fields.Date.to_date("2026-02-03")))

    def test_opportunity_still(self):
        self._use("opportunity_still")
        still, moved = self._create_leads(2)
        self._move_to("2026-02-05 09:00")
        self._drag(moved, self.stage_offer)

        self._run_until("2026-02-09 08:59")
        self.assertFalse(self._get_runs(still + moved))
        self._run_until("2026-02-09 09:05")

        self.assertExecutions(still, [("Take it further", "done")])
        self.assertEqual(still.sudo().activity_ids.user_id, self.sam)
        self.assertFalse(self._get_runs(moved))

    def test_meeting_quotation_and_quotation_task(self):
        """K33: the meeting asks for the quotation, sending it settles that."""
        self._use("meeting_quotation")
        self._use("quotation_task")
        lead = self._create_lead()
        meeting = {"name": "Meeting", "start": "2026-02-02 10:00:00", "stop": "2026-02-02 11:00:00"}
        self.env["calendar.event"].create({**meeting, "opportunity_id": lead.id})
        self._run_until("2026-02-02 11:05")
        task = lead.sudo().activity_ids
        self.assertEqual((task.summary, str(task.date_deadline)), ("Send the quotation", "2026-02-05"))

        self._send(self._create_order(opportunity_id=lead.id))
        self._run_worker()

        self.assertFalse(lead.sudo().activity_ids)
        self.assertEqual((task.active, task.feedback), (False, "The quotation was sent."))

    def test_opportunity_lost(self):
        """K07: the note at once, the call half a year later, on the contact: the opportunity is archived."""
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

    def test_quotation_followup(self):
        """K38, K59: three follow-ups, numbered, each at its time."""
        self._use("quotation_followup")
        order = self._create_order()
        self._send(order)

        for moment, number in (("2026-02-05 09:05", 1), ("2026-02-09 09:05", 2), ("2026-02-17 09:05", 3)):
            self._run_until(moment)
            done = self._get_executions(order).filtered(lambda line: line.state == "done")
            self.assertRegex(done[-1].step_name, f"^Follow-up no. {number}: ")

        self.assertEqual(self._get_mail_subjects(), [f"Your quotation {order.name}"])
        self.assertEqual(
            order.sudo().activity_ids.sorted("id").mapped("summary"),
            ["Follow-up no. 1 of the quotation", "Follow-up no. 3 of the quotation"],
        )

    def test_quotation_followup_ends_with_the_order(self):
        """K38: an accepted quotation is not followed up."""
        self._use("quotation_followup")
        order = self._create_order()
        self._send(order)

        order.sudo().action_confirm()
        self._new_transaction()
        self._run_until("2026-02-20 09:00")

        self.assertExecutions(order, [("Follow-up no. 1: call after 3 days", "cancel")])

    def test_quotation_expiry(self):
        self._use("quotation_expiry")
        sent, draft = (self._create_order(validity_date="2026-02-20") for _number in range(2))
        self._send(sent)

        self._run_until("2026-02-17 07:05")

        self.assertExecutions(sent, [("Email: the quotation expires soon", "done"), ("Call before it expires", "done")])
        self.assertFalse(self._get_runs(draft))
        self.assertEqual(self._get_mail_subjects(), [f"Your quotation {sent.name} is valid until 02/20/2026"])

    def test_order_satisfaction(self):
        self._use("order_satisfaction")
        order = self._create_order()

        order.sudo().action_confirm()
        self._new_transaction()
        self._run_until("2026-02-17 08:59")
        self.assertExecutions(order, [("Email: is all well?", "scheduled")])
        self._run_until("2026-02-17 09:01")

        self.assertExecutions(order, [("Email: is all well?", "done")])
        self.assertEqual(self._get_mail_subjects(), ["Is everything to your satisfaction?"])

    def test_invoice_due(self):
        """K60."""
        self._use("invoice_due")
        invoice = self._create_posted(invoice_date_due="2026-02-20")

        self._run_until("2026-02-17 07:05")

        self.assertExecutions(invoice, [("Email: the invoice is due soon", "done")])
        self.assertEqual(self._get_mail_subjects(), [f"Your invoice {invoice.name} is due on 02/20/2026"])

    def test_invoice_overdue(self):
        """K60: stops with the payment."""
        self._use("invoice_overdue")
        open_invoice, paid = (self._create_posted(invoice_date_due="2026-02-20") for _number in range(2))
        self._run_until("2026-02-27 07:05")
        self.assertEqual(len(self._get_mail_subjects()), 2)

        self._pay(paid)
        self._run_until("2026-03-06 07:10")

        self.assertExecutions(open_invoice, [("Reminder by email", "done"), ("Call a week later", "done")])
        self.assertExecutions(paid, [("Reminder by email", "done"), ("Call a week later", "cancel")])

    def test_contact_welcome(self):
        self._use("contact_welcome")
        contacts = self.env["res.partner"].with_user(self.sam)
        bob = contacts.create({"name": "Bob", "email": "bob@example.com", "user_id": self.sam.id})
        silent = contacts.create({"name": "No address"})
        self._new_transaction()

        self._run_until("2026-02-03 09:05")

        self.assertExecutions(bob, [("Welcome email on the next day", "done")])
        self.assertFalse(self._get_runs(silent))
        mail = self._new_mails.filtered(lambda mail: bob in mail.recipient_ids)
        self.assertRegex(mail.subject, "^Welcome to ")
        self.assertIn("Sam", mail.body_html)

    def test_fair(self):
        """A scenario: contacts are put in from their list."""
        rule = self._use("fair")
        contact = self.env["res.partner"].with_user(self.sam).create({"name": "Eve", "user_id": self.sam.id})
        self._new_transaction()
        self.assertFalse(self._get_runs(contact))

        rule.with_user(self.sam).enroll(contact)
        self._new_transaction()
        self._run_worker()
        self._run_until("2026-02-12 09:05")

        self.assertExecutions(
            contact,
            [
                ("Thank them for the visit", "done"),
                ("Call after 10 days", "done"),
                ("Last call after 30 days", "scheduled"),
            ],
        )
        self.assertEqual(contact.activity_ids.user_id, self.sam)
