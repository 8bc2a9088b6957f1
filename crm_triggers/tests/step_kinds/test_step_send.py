from unittest.mock import patch

from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..document_case import DocumentCase


@tagged("post_install", "-at_install")
class TestStepSend(DocumentCase, MailCase):
    """K16, K38, K43: a rule sends a quotation or an invoice with its document, as Odoo's own button does."""

    def _send(self, **vals):
        return {"kind": "send", "name": "Send", **vals}

    def _get_mails(self, partner=None):
        return self._new_mails.filtered(lambda mail: (partner or self.partner) in mail.recipient_ids)

    # Quotations and orders

    def test_quotation_is_sent_with_its_pdf_and_link_and_marked(self):
        """By Odoo's template, in the name of the salesperson, through the queue."""
        order = self._create_taxed()
        with self.mock_mail_gateway():
            execution = self._run_step(self._send(), order)
            self.assertFalse(self._mails, "not sent within the transaction")

        mail = self._get_mails()
        self.assertEqual((order.state, len(mail), mail.author_id), ("sent", 1, self.sam.partner_id))
        # In tests Odoo does not convert the report to PDF.
        self.assertEqual(mail.attachment_ids.mapped("name"), [f"Quotation - {order.name}.html"])
        self.assertIn(order.access_token, mail.body_html)
        self.assertEqual((execution.state, execution.result_model), ("done", "mail.message"))
        self.assertEqual(execution.result_id, mail.mail_message_id.id)
        self.assertEqual(mail.mail_message_id.res_id, order.id)

    def test_sent_again_in_the_same_thread(self):
        """Fails by ``send_mail``: mail programs sort by what a mail refers to."""
        order = self._create_taxed()
        rule = self._create_scenario([self._send()])
        with self.mock_mail_gateway():
            self._enroll(rule, order, "one")
            first = self._get_mails().mail_message_id
            self._enroll(rule, order, "two")

        again = self._get_mails().filtered(lambda mail: mail.mail_message_id != first)
        self.assertEqual((len(again), order.state), (1, "sent"))
        self.assertIn(first.message_id, again.references)

    def test_order_is_sent_by_the_template_of_confirmations(self):
        order = self._create_confirmed()
        with self.mock_mail_gateway():
            self._run_step(self._send(), order)

        template = self.env.ref("sale.mail_template_sale_confirmation")
        expected = template._render_field("subject", order.ids, compute_lang=True)[order.id]
        self.assertEqual((order.state, self._get_mails().subject), ("sale", expected))

    def test_cancelled_one_is_not_sent(self):
        order = self._create_taxed()
        order._action_cancel()
        with self.mock_mail_gateway():
            self._run_step(self._send(), order)

        self.assertFalse(self._get_mails())
        self.assertExecutions(order, [("Send", "skipped", "document_state")])

    def test_who_asked_for_no_mail_gets_none(self):
        """Promise 7; the quotation stays a draft. Fails without ``_take_out_blocked`` for orders."""
        order = self._create_taxed()
        self.env["mail.blacklist"]._add(self.partner.email)
        with self.mock_mail_gateway():
            self._run_step(self._send(), order)

        self.assertFalse(self._get_mails())
        self.assertExecutions(order, [("Send", "skipped", "blacklist")])
        self.assertEqual(order.state, "draft")

    def test_follower_who_asked_for_no_mail_gets_none(self):
        """Promise 7. Fails without ``_crm_trigger_spare_refused``."""
        order = self._create_taxed()
        follower = self.env["res.partner"].create({"name": "Bob", "email": "bob@example.com"})
        order.message_subscribe(follower.ids)
        self.env["mail.blacklist"]._add(follower.email)
        with self.mock_mail_gateway():
            self._run_step(self._send(), order)

        self.assertEqual(len(self._get_mails()), 1)
        self.assertFalse(self._get_mails(follower))

    def test_customer_who_asks_for_none_meanwhile_though_a_colleague_gets_his_copy(self):
        """It did not leave to whom it was for. Fails without ``reached`` in ``_crm_trigger_hold``."""
        order = self._create_taxed()
        order.message_subscribe(self.manager.partner_id.ids)
        with self.mock_mail_gateway():
            execution = self._run_step(self._send(), order)
            self.assertTrue(self._get_mails(self.manager.partner_id))
            self.env["mail.blacklist"]._add(self.partner.email)
            self._new_mails.send()

        self.assertEqual((execution.state, execution.skip_reason), ("skipped", "blacklist"))

    def test_without_an_address_it_is_skipped(self):
        order = self._create_taxed()
        self.partner.email = False
        self._run_step(self._send(), order)

        self.assertExecutions(order, [("Send", "skipped", "no_recipient")])

    def test_two_runs_that_meet_send_once(self):
        order = self._create_taxed()
        rule = self._create_scenario([self._send()])
        self._start_two_runs(rule, order)
        with self.mock_mail_gateway():
            self._run_worker()

        self.assertEqual(len(self._get_mails()), 1)
        self.assertExecutions(order, [("Send", "done"), ("Send", "skipped", "already")])

    def test_worker_takes_few_at_once(self):
        """A PDF takes a second or more: a batch ends before a worker is stopped. Fails without ``batch="slow"``."""
        orders = self.env["sale.order"].union(*(self._create_taxed() for _i in range(12)))
        model, batches = self.env.registry["ir.actions.server"], []
        send_origin = model._crm_trigger_send_documents

        def send(action, records):
            batches.append(len(records))
            return send_origin(action, records)

        with self.mock_mail_gateway(), patch.object(model, "_crm_trigger_send_documents", send):
            self._run_step(self._send(), orders)

        self.assertEqual((batches, len(self._get_mails())), ([10, 2], 12))

    def test_of_another_company_in_its_name(self):
        order = self._create_order_of_b()
        self.company_b.email = "lyon@company.example.com"
        order.user_id = False
        with self.mock_mail_gateway():
            self._run_step(self._send(), order, company_id=False, user=self.admin)

        self.assertIn("lyon@company.example.com", self._get_mails().email_from)

    # Invoices

    def test_invoice_is_sent_with_its_pdf_and_marked(self):
        """By Odoo's scheduled action, in the name of the salesperson."""
        invoice = self._create_posted()
        with self.mock_mail_gateway():
            execution = self._run_step(self._send(), invoice)
            self.assertFalse(self._get_mails())
            self._run_cron("account.ir_cron_account_move_send")

        mail = self._get_mails()
        self.assertEqual((len(mail), mail.author_id), (1, self.sam.partner_id))
        self.assertIn(".pdf", mail.attachment_ids.mapped("name")[0])
        self.assertIn(invoice.access_token, mail.body_html)
        self.assertEqual((invoice.is_move_sent, invoice.sending_data), (True, False))
        self.assertEqual((execution.state, execution.result_id), ("done", invoice.id))

    def test_invoice_is_sent_again(self):
        invoice = self._create_posted()
        rule = self._create_rule(trigger="manual", model="account.move", steps=[self._send()])
        with self.mock_mail_gateway():
            for key in ("one", "two"):
                self._enroll(rule, invoice, key)
                self._run_cron("account.ir_cron_account_move_send")

        self.assertEqual(len(self._get_mails()), 2)

    def test_invoice_that_is_about_to_be_sent_is_not_sent_twice(self):
        invoice = self._create_posted()
        rule = self._create_rule(trigger="manual", model="account.move", steps=[self._send()])
        self._enroll(rule, invoice, "one")
        self._enroll(rule, invoice, "two")

        self.assertExecutions(invoice, [("Send", "done"), ("Send", "skipped", "already")])

    def test_draft_and_blocked_customer(self):
        """Promise 7, and a draft must not be seen."""
        posted, draft = self._create_posted(), self._create_invoice()
        self.env["mail.blacklist"]._add(self.partner.email)
        self._run_step(self._send(), posted | draft)

        self.assertExecutions(posted, [("Send", "skipped", "blacklist")])
        self.assertExecutions(draft, [("Send", "skipped", "document_state")])
        self.assertFalse(posted.sending_data)

    def test_blocked_among_several_recipients_gets_none(self):
        """Promise 7: of the template, or a follower; the others get the invoice. Fails without
        ``BY_RULE`` in ``account.move.send``."""
        bob, eve = self.env["res.partner"].create(
            [{"name": name, "email": f"{name}@example.com"} for name in ("bob", "eve")]
        )
        template = self.env.ref("account.email_template_edi_invoice")
        template.write({"use_default_to": False, "partner_to": f"{{{{ object.partner_id.id }}}},{bob.id}"})
        invoice = self._create_posted()
        invoice.message_subscribe(eve.ids)
        for partner in (bob, eve):
            self.env["mail.blacklist"]._add(partner.email)
        with self.mock_mail_gateway():
            self._run_step(self._send(), invoice)
            self._run_cron("account.ir_cron_account_move_send")

        self.assertTrue(invoice.is_move_sent)
        self.assertTrue(self._get_mails(self.partner))
        self.assertFalse(self._get_mails(bob) | self._get_mails(eve))

    def test_scheduled_action_that_is_switched_off_is_named(self):
        invoice = self._create_posted()
        self.env.ref("account.ir_cron_account_move_send").active = False
        rule = self._create_rule(trigger="manual", model="account.move", steps=[self._send()], activate=False)

        with self.assertRaisesRegex(UserError, "step “Send”.*activate"):
            rule.action_activate()
        self.assertFalse(invoice.sending_data)

    # Where it can be used

    def test_only_for_documents(self):
        with self.assertRaisesRegex(UserError, "Only quotations, orders and invoices"):
            self._create_rule(trigger="manual", steps=[self._send()])

    def test_in_words(self):
        step = self._create_scenario([self._send()], activate=False).step_ids
        self.assertEqual(step.phrase, "send the quotation or order with its PDF")

    def test_as_a_server_action(self):
        order = self._create_taxed()
        with self.mock_mail_gateway():
            action = self._create_action("crm_send_document").with_user(self.sam)
            action.with_context(active_model="sale.order", active_ids=order.ids).run()

        self.assertEqual((order.state, len(self._get_mails())), ("sent", 1))
