from odoo.tests import tagged

from ..document_case import DocumentCase
from ..mail_step_case import MailStepCase


@tagged("post_install", "-at_install")
class TestStepMailWaiting(MailStepCase, DocumentCase):
    """Promise 7: who stopped it, which day it announces and where it goes may change while a message waits."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _queue(self, *more, template=None, lead=None, **vals):
        """Return a lead whose mail is in the queue, and the mail."""
        self._rule_on_offer([self._mail(template or self._create_template()), *more], **vals)
        lead = (lead or self._create_lead()).sudo()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return lead, self._new_mails

    def _answer(self, record):
        values = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment", "author_id": self.partner.id}
        record.sudo().message_post(body="Let us talk", **values)
        self._new_transaction()

    def _let_leave(self):
        """Return the addresses that the waiting mails went to."""
        self._new_mails.filtered(lambda mail: mail.state == "outgoing").send()
        return " ".join(str(mail["email_to"]) for mail in self._mails)

    # Stopped

    def test_answer_takes_back_the_mail_of_the_last_step(self):
        """Immediately, though the run is over. Fails without ``DONE`` in ``_stop_answered``."""
        lead, mail = self._queue(stop_on_answer=True)
        self.assertEqual(self._get_runs(lead).state, "done")

        self._answer(lead)

        self.assertEqual(mail.state, "cancel")
        self.assertExecutions(lead, [("Mail", "cancel")])
        self.assertStopped(lead, "answered")

    def test_answer_leaves_a_run_alone_whose_mail_has_left(self):
        lead, mail = self._queue(stop_on_answer=True)
        mail.send()

        self._answer(lead)

        self.assertEqual(self._get_runs(lead).state, "done")
        self.assertExecutions(lead, [("Mail", "done")])

    def test_stop_takes_back_a_message_to_followers(self):
        """The colleagues' copies leave. Fails without ``_guard_stopped``."""
        self._rule_on_offer([{**self._note(), "kind": "message"}, self._task(delay_count=3)])
        lead = self._create_lead().sudo()
        lead.message_subscribe((self.partner | self.tom.partner_id).ids)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._get_runs(lead).action_stop()

        left = self._let_leave()

        self.assertNotIn("ada@example.com", left)
        self.assertIn(self.tom.email, left)

    def test_error_of_a_later_step_leaves_what_was_written(self):
        """Fails without ``STOPPED_FOR_GOOD``."""
        lead, _mail = self._queue(self._task(delay_count=3))
        self._get_runs(lead)._stop("error")

        self.assertIn("ada@example.com", self._let_leave())

    # Invoices

    def _send_invoice(self, **vals):
        """Return an invoice that a rule has handed over to Odoo, with a call planned."""
        invoice = self._create_posted()
        steps = [{"kind": "send", "name": "Send"}, self._task(delay_count=3)]
        self._enroll(self._create_rule("manual", steps, model="account.move", **vals), invoice)
        self.assertTrue(invoice.sending_data)
        return invoice

    def test_stop_takes_back_an_invoice_before_odoo_sends_it(self):
        """By letter there is no email to look at later. Fails without ``_crm_trigger_take_back`` of
        ``account.move.send``."""
        invoice = self._send_invoice()
        self._get_runs(invoice).action_stop()

        self._run_cron("account.ir_cron_account_move_send")

        self.assertFalse(invoice.sending_data or invoice.is_move_sent or self._new_mails)
        self.assertExecutions(invoice, [("Send", "cancel"), ("Call", "cancel")])

    def test_stop_takes_back_the_email_of_an_invoice(self):
        """Fails without ``_guard_stopped``."""
        invoice = self._send_invoice(stop_on_answer=True)
        self._run_cron("account.ir_cron_account_move_send")
        self._answer(invoice)

        self.assertNotIn("ada@example.com", self._let_leave())
        self.assertExecutions(invoice, [("Send", "cancel"), ("Call", "cancel")])

    def test_invoice_that_was_paid_meanwhile(self):
        """Before Odoo sends it, and before its email leaves. Fails without ``_may_change_record`` of the step."""
        unpaid = [("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("payment_state", "=", "not_paid")]
        self._create_rule(steps=[{"kind": "send", "name": "Send"}], model="account.move", filter_domain=unpaid)
        first = self._create_posted()
        self._run_worker()
        self._pay(first)
        self._run_cron("account.ir_cron_account_move_send")
        self.assertFalse(first.is_move_sent)

        second = self._create_posted()
        self._run_worker()
        self._run_cron("account.ir_cron_account_move_send")
        self._pay(second)

        self.assertNotIn("ada@example.com", self._let_leave())
        self.assertStopped(first | second, "unmatched")

    def test_invoice_that_is_sent_for_the_first_time(self):
        """That it is sent now is its own doing. Fails without ``SENT_FIELDS``."""
        new = [("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("is_move_sent", "=", False)]
        self._create_rule(steps=[{"kind": "send", "name": "Send"}], model="account.move", filter_domain=new)
        invoice = self._create_posted()
        self._run_worker()
        self._run_cron("account.ir_cron_account_move_send")

        self.assertIn("ada@example.com", self._let_leave())
        self.assertExecutions(invoice, [("Send", "done")])

    def test_invoice_that_is_a_draft_again(self):
        """Whatever the conditions. Fails without ``draft`` in ``_guard_document``."""
        invoice = self._send_invoice()
        self._run_cron("account.ir_cron_account_move_send")
        invoice.button_draft()
        self._new_transaction()

        self.assertNotIn("ada@example.com", self._let_leave())
        self.assertExecutions(invoice, [("Send", "skipped", "document_state"), ("Call", "scheduled")])

    # The day it announces

    def _announce(self, **vals):
        values = {"date": "date_deadline", "trg_date_range": 3, **vals}
        return self._create_rule("date", [self._mail(self._create_template()), self._task()], **values)

    def test_text_about_a_day_that_is_over(self):
        """Found after an outage, or entered late: the other steps are done. Fails without ``_get_outdated`` in
        ``_act_mail``."""
        self._announce()
        lead = self._create_lead(date_deadline="2026-02-06")
        self._run_until("2026-02-08 09:00")
        entered_late = self._create_lead(date_deadline="2026-02-07")
        self._run_worker()

        self.assertFalse(self._new_mails)
        for one in (lead, entered_late):
            self.assertExecutions(one, [("Mail", "skipped", "late"), ("Call", "done")])

    def test_text_of_the_day_itself_may_be_late(self):
        """Fails if texts for the day or later are taken for announcements."""
        self._announce(trg_date_range=0)
        lead = self._create_lead(date_deadline="2026-02-06")
        self._run_until("2026-02-08 09:00")

        self.assertExecutions(lead, [("Mail", "done"), ("Call", "done")])

    def test_day_that_is_over_when_the_mail_server_is_back(self):
        """Fails without ``_guard_announced``."""
        self._announce()
        lead = self._create_lead(date_deadline="2026-02-06")
        self._run_until("2026-02-03 07:05")
        self.assertEqual(self._new_mails.state, "outgoing")
        self._move_to("2026-02-07 09:00")

        self.assertFalse(self._let_leave())
        self.assertExecutions(lead, [("Mail", "skipped", "late"), ("Call", "done")])

    # Where it goes

    def test_contact_that_was_removed(self):
        """Fails without ``_is_strange``."""
        lead, _mail = self._queue()
        lead.write({"partner_id": False, "email_from": "bob@example.com"})
        self._new_transaction()

        self.assertFalse(self._let_leave())
        self.assertExecutions(lead, [("Mail", "skipped", "other_contact")])

    def test_contact_that_was_removed_and_whose_address_stays(self):
        lead, _mail = self._queue()
        lead.partner_id = False
        lead.email_from = "ada@example.com"
        self._new_transaction()

        self.assertIn("ada@example.com", self._let_leave())

    def test_address_of_a_lead_that_was_corrected(self):
        """With the recipients of the template, or Odoo's. Fails without ``_readdress``: a stranger had it."""
        for vals in ({"email_to": "{{ object.email_from }}"}, {"use_default_to": True}):
            template = self._create_template(partner_to=False, **vals)
            lead = self._create_lead(partner_id=False, email_from="typo@example.com")
            rule = self._rule_on_offer([self._mail(template)])
            self._drag(lead, self.stage_offer)
            self._run_worker()
            lead.sudo().email_from = "grace@example.com"
            self._new_transaction()
            left = self._let_leave()
            with self.subTest(vals):
                self.assertIn("grace@example.com", left)
                self.assertNotIn("typo@example.com", left)
                self.assertEqual(self._get_executions(lead).sent_to, "grace@example.com")
            rule.action_draft()

    def test_address_of_a_lead_that_wants_no_mail(self):
        """The corrected one counts. Fails without ``refused`` in ``_readdress_by``."""
        template = self._create_template(partner_to=False, email_to="{{ object.email_from }}")
        lead, _mail = self._queue(
            template=template, lead=self._create_lead(partner_id=False, email_from="typo@example.com")
        )
        self.env["mail.blacklist"]._add("grace@example.com")
        lead.email_from = "grace@example.com"
        self._new_transaction()

        self.assertFalse(self._let_leave())
        self.assertExecutions(lead, [("Mail", "skipped", "blacklist")])

    def test_mail_to_somebody_else_stays_with_him(self):
        """Though the lead has another address. Fails without the template being asked again."""
        lead = self._create_lead(partner_id=False, email_from="typo@example.com")
        template = self._create_template(partner_to=False, email_to="supplier@example.org")
        lead, _mail = self._queue(template=template, lead=lead)
        lead.email_from = "grace@example.com"
        self._new_transaction()

        self.assertIn("supplier@example.org", self._let_leave())

    # Who signs

    def test_sender_who_left(self):
        """The next in turn sends it. Fails without ``_sign_anew``."""
        lead, mail = self._queue()
        self.assertIn(self.sam.email, mail.email_from)
        self.sam.action_archive()
        self._new_transaction()

        self.assertIn("ada@example.com", self._let_leave())
        self.assertFalse([one for one in self._mails if self.sam.email in one["email_from"]])
        self.assertEqual(mail.author_id, self.manager.partner_id)
        self.assertExecutions(lead, [("Mail", "done")])
