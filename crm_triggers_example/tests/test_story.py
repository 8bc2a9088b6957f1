from datetime import timedelta

from odoo import fields, http
from odoo.addons.mail.tests.common import MailCase
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ExampleCommon

CALL, TASK = "mail.mail_activity_data_call", "mail.mail_activity_data_todo"
SEND = "crm_triggers.mail_activity_type_send_quotation"
FORM = {
    "contact_name": "Nora Keller",
    "partner_name": "Keller Bakeries",
    "email_from": "nora@keller.example.com",
    "name": "Ovens that report their faults",
    "description": "Four shops.",
}


@tagged("post_install", "-at_install")
class TestStory(HttpCase, ExampleCommon, MailCase):
    """K62: one lead from the form of the website to the renewal of its contract, with the clock moved."""

    def test_k62_from_the_web_form_to_the_renewal(self):
        with self.mock_mail_gateway():
            lead = self._ask()
            self._call(lead)
            self._meet(lead)
            order = self._quote(lead)
            self._ask_for_an_answer(order, lead)
            invoice = self._sign(order, lead)
            self._pay_late(invoice)
            contract = self._set_up(order)
            self._renew(contract)

    def _ask(self):
        """A visitor sends the form: a salesperson, an answer, a call, and a reminder after an hour."""
        self.authenticate(None, None)
        page = self.url_open("/example-request").text
        self.assertIn(f'name="team_id" value="{self.example_team.id}"', page)
        answer = self.url_open(
            "/website/form/crm.lead",
            data={**FORM, "team_id": str(self.example_team.id), "csrf_token": http.Request.csrf_token(self)},
        )
        self.env.invalidate_all()
        lead = self.env["crm.lead"].browse(answer.json()["id"])
        self._run_worker()
        self.assertEqual((lead.team_id, lead.type, lead.user_id), (self.example_team, "opportunity", self.sam))
        self.assertEqual(self._stage(lead), "new")
        self.assertEqual(self._open(lead, CALL).user_id, self.sam)
        self.assertMailMailWEmails(["nora@keller.example.com"], "outgoing", author=self.sam.partner_id)
        self._run_until("2026-02-02 10:05")
        self.assertIn("no one has called", lead.message_ids[0].body)
        return lead

    def _call(self, lead):
        """The call is done: qualified, with its contact."""
        self._open(lead, CALL).with_user(self.sam).action_feedback(feedback="Wants a visit")
        self._commit_worker()
        self.assertEqual((self._stage(lead), lead.partner_id.parent_id.name), ("qualified", "Keller Bakeries"))
        self.assertTrue(self._open(lead, "crm_triggers_example.mail_activity_type_meeting"))

    def _meet(self, lead):
        """The meeting is entered and held: a draft of the quotation, and the task of sending it."""
        self.env["calendar.event"].with_user(self.sam).create(
            {"name": "Visit", "start": "2026-02-04 09:00", "stop": "2026-02-04 10:00", "opportunity_id": lead.id}
        )
        self._commit_worker()
        self.assertEqual(self._stage(lead), "meeting")
        self.assertFalse(self._open(lead, "crm_triggers_example.mail_activity_type_meeting"))
        self._run_until("2026-02-04 09:59")
        self.assertFalse(lead.order_ids)
        self._run_until("2026-02-04 10:01")
        self.assertEqual(lead.order_ids.mapped("state"), ["draft"])
        self.assertTrue(self._open(lead, SEND))

    def _quote(self, lead):
        """Sending it closes the task and moves the card."""
        order = lead.order_ids
        self.assertEqual((order.team_id, order.user_id, order.amount_untaxed), (self.example_team, self.sam, 4200))
        order.with_user(self.sam).action_quotation_sent()
        self._commit_worker()
        self.assertFalse(self._open(lead, SEND))
        self.assertEqual(self._stage(lead), "quotation")
        return order

    def _ask_for_an_answer(self, order, lead):
        """Opened online: a bell. Three days later: follow-up no. 1. An answer: negotiation, and no follow-up more."""
        self.authenticate(None, None)
        self.url_open(order.get_portal_url())
        self.env.invalidate_all()
        self._run_worker()
        self.assertIn("viewing the quotation right now", str(order.message_ids.mapped("body")))
        self._run_until("2026-02-07 10:02")
        self.assertEqual(self._open(order, CALL).summary, "Follow-up no. 1 of the quotation")
        self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).state = "sent"  # nothing to take back
        order.message_post(
            body="Can we start in March?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=order.partner_id.id,
        )
        self._commit_worker()
        self.assertEqual(self._stage(lead), "negotiation")
        self.assertTrue(self._open(order, TASK))
        self._run_until("2026-02-20 10:00")
        followups = self._get_executions(order).filtered(lambda line: line.rule_id == self._get("rule_followup"))
        self.assertEqual(followups.mapped("state"), ["done", "cancel"])

    def _sign(self, order, lead):
        """Signed on the portal: won, a customer, a down payment in draft, thanks, and what is to be done."""
        self.assertTrue(order.require_signature and not order.require_payment)
        self.authenticate(None, None)
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": order._portal_ensure_token(), "name": "Nora Keller", "signature": PIXEL},
        )
        self.env.invalidate_all()
        self._commit_worker()
        self.assertEqual((order.state, lead.won_status, self._stage(lead)), ("sale", "won", "won"))
        self.assertTrue(order.partner_id.customer_rank)
        invoice = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_untaxed, invoice.team_id), ("draft", 1260, self.example_team))
        self.assertFalse(self._open(order, CALL))
        self.assertTrue(self._open(order.partner_id, "crm_triggers_example.mail_activity_type_contract"))
        self.assertIn("Thank you for your trust", self._new_mails.mapped("subject"))
        return invoice

    def _pay_late(self, invoice):
        """Reminded before and after the due date, until it is paid; asked for feedback after a month."""
        invoice.invoice_date = fields.Date.today()
        invoice.invoice_date_due = fields.Date.today() + timedelta(days=21)
        invoice.action_post()
        due = fields.Datetime.to_datetime(invoice.invoice_date_due)
        before = self._count_mails(invoice)
        for days, mails in ((-4, 0), (-3, 1), (6, 1), (7, 2), (13, 2)):
            self._run_until(due + timedelta(days=days, hours=9))
            self.assertEqual(self._count_mails(invoice) - before, mails, days)
        self.assertIn("one month on", " ".join(self._new_mails.mapped("subject")))
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self._run_until(due + timedelta(days=30, hours=9))
        self.assertFalse(self._open(invoice, CALL))

    def _count_mails(self, record):
        return self.env["mail.mail"].search_count([("model", "=", record._name), ("res_id", "=", record.id)])

    def _set_up(self, order):
        """The contract that is set up closes its task."""
        contract = self.env["contract.contract"].create(
            {
                "name": "Maintenance, Keller Bakeries",
                "partner_id": order.partner_id.id,
                "user_id": self.sam.id,
                "contract_template_id": self._get("contract_template").id,
                "contract_line_ids": [Command.create(self._prepare_line())],
            }
        )
        self._commit_worker()
        self.assertFalse(self._open(order.partner_id, "crm_triggers_example.mail_activity_type_contract"))
        return contract

    def _prepare_line(self):
        return {
            "product_id": self._get("product_care").id,
            "name": "Maintenance, one year",
            "quantity": 1,
            "price_unit": 1200,
            "recurring_rule_type": "yearly",
            "date_start": "2026-05-01",
            "recurring_next_date": "2026-05-01",
            "date_end": "2027-04-30",
        }

    def _renew(self, contract):
        """60 days before its end the opportunity, 30 days before the mail and the task; won, it is prolonged."""
        self._run_until("2027-02-28 09:00")
        leads = self.env["crm.lead"]
        self.assertFalse(leads.search([("renewed_contract_id", "=", contract.id)]))
        self._run_until("2027-03-01 09:00")
        renewal = leads.search([("renewed_contract_id", "=", contract.id)])
        self._run_worker()
        self.assertEqual(
            (renewal.team_id, renewal.user_id, self._stage(renewal)), (self.example_team, self.sam, "qualified")
        )
        self.assertTrue(self._open(renewal, CALL))
        self._run_until("2027-03-31 09:00")
        task = self._open(contract, "crm_triggers_example.mail_activity_type_renewal")
        self.assertEqual((task.user_id, str(task.date_deadline)), (self.sam, "2027-04-30"))
        subject = "Your contract Maintenance, Keller Bakeries: its end on 04/30/2027"
        self.assertIn(subject, self._new_mails.mapped("subject"))
        renewal.with_user(self.sam).action_set_won()
        self._commit_worker()
        self.assertEqual(self._open(renewal, TASK).summary, "Renewal won: extend the contract")
        self.assertFalse(self.env["crm.trigger.execution"].search([("state", "=", "error")]))

    def _commit_worker(self):
        """What follows on what was done, and what follows on that."""
        self._commit()
        self._run_worker()


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
