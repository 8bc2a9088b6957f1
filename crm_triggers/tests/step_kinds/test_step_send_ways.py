from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from ..document_case import DocumentCase


@tagged("post_install", "-at_install")
class TestStepSendWays(DocumentCase, MailCase):
    """An invoice is sent by its customer's method, as Odoo would send it, or the log shows why not."""

    def _send(self, **vals):
        return {"kind": "send", "name": "Send", **vals}

    @contextmanager
    def _ways(self, ways, refused=()):
        """Have Odoo send by these ways, of add-ons that may not be there.

        :param refused: those of them that are not possible for the customer
        """
        model, sent = self.env.registry["account.move.send"], []
        success_origin = model._hook_if_success

        def success(sender, moves_data, from_cron=False):
            sent.extend(set(data["sending_methods"]) for data in moves_data.values())
            return success_origin(sender, moves_data, from_cron=from_cron)

        with (
            patch.object(model, "_get_default_sending_methods", lambda sender, move: set(ways)),
            patch.object(model, "_is_applicable_to_move", lambda sender, way, move, **data: way not in refused),
            patch.object(model, "_hook_if_success", success),
        ):
            yield sent

    def _assert_skipped(self, invoice, reason):
        self.assertExecutions(invoice, [("Send", "skipped", reason)])
        self._run_cron("account.ir_cron_account_move_send")
        self.assertEqual((invoice.is_move_sent, invoice.sending_data), (False, False))

    def test_by_hand_nobody_sends(self):
        """Not marked as sent either: a user has to deliver it."""
        self.partner.invoice_sending_method = "manual"
        invoice = self._create_posted()
        with self.mock_mail_gateway():
            self._run_step(self._send(), invoice)
            self._assert_skipped(invoice, "by_hand")
        self.assertFalse(self._new_mails)

    def test_way_of_the_company_of_the_invoice_counts(self):
        """The way is chosen per company, and at the customer whose address it is."""
        self.partner.invoice_sending_method = "manual"
        self.partner.with_company(self.company_b).invoice_sending_method = "email"
        clerk = self.env["res.partner"].create(
            {"name": "Clerk", "email": "clerk@example.com", "type": "invoice", "parent_id": self.partner.id}
        )
        invoice = self._create_posted(partner_id=clerk.id)
        self._run_step(self._send(), invoice)

        self._assert_skipped(invoice, "by_hand")

    def test_by_post_no_email_address_is_needed(self):
        """A contact who opted out of emails gets the letter. Fails where the blacklist applies to all methods."""
        invoice = self._create_posted()
        self.env["mail.blacklist"]._add(self.partner.email)
        with self._ways({"post"}) as sent, self.mock_mail_gateway():
            line = self._run_step(self._send(), invoice)
            self._run_cron("account.ir_cron_account_move_send")

        self.assertEqual((line.state, line.skip_reason, line.done_part), ("done", False, False))
        self.assertEqual((sent, invoice.is_move_sent, invoice.sending_data), ([{"post"}], True, False))
        self.assertFalse(self._new_mails)

    def test_way_that_is_not_possible_is_said(self):
        """No postal address, not on the network."""
        invoice = self._create_posted()
        with self._ways({"post"}, refused={"post"}):
            self._run_step(self._send(), invoice)
            self._assert_skipped(invoice, "sending_way")

    def test_one_way_of_two_is_gone_and_the_log_says_so(self):
        """The worst one counts, and what can be sent is: not by email to a contact who opted out."""
        invoice = self._create_posted()
        self.env["mail.blacklist"]._add(self.partner.email)
        with self._ways({"email", "electronic"}) as sent, self.mock_mail_gateway():
            line = self._run_step(self._send(), invoice)
            self._run_cron("account.ir_cron_account_move_send")

        self.assertEqual((line.state, line.skip_reason, line.done_part), ("skipped", "blacklist", "way"))
        self.assertEqual(sent, [{"electronic"}])
        self.assertFalse(self._new_mails)

    def test_by_hand_beside_another_way_is_no_way(self):
        """Odoo adds the electronic one to what the customer has chosen."""
        invoice = self._create_posted()
        with self._ways({"manual", "electronic"}) as sent:
            line = self._run_step(self._send(), invoice)
            self._run_cron("account.ir_cron_account_move_send")

        self.assertEqual((line.state, sent), ("done", [{"electronic"}]))

    # Between the step and Odoo's scheduled action

    def test_what_may_not_leave_any_more_does_not(self):
        """The blacklist, and the customer's way, at the moment of sending. Fails without ``_crm_trigger_hold``."""
        for change, reason in (
            (lambda: self.env["mail.blacklist"]._add(self.partner.email), "blacklist"),
            (lambda: self.partner.write({"invoice_sending_method": "manual"}), "by_hand"),
        ):
            invoice = self._create_posted()
            line = self._run_step(self._send(), invoice)
            self.assertEqual(line.state, "done")
            change()
            with self.subTest(reason), self.mock_mail_gateway():
                self._run_cron("account.ir_cron_account_move_send")
                self.assertFalse(self._new_mails)
                self.assertEqual((line.state, line.skip_reason), ("skipped", reason))
                self.assertEqual((invoice.is_move_sent, invoice.sending_data), (False, False))
            self.env["mail.blacklist"]._remove(self.partner.email)

    def test_email_of_an_invoice_is_looked_at_again_when_it_leaves(self):
        """Fails without ``sent_message_id`` in ``_send_mail``."""
        invoice = self._create_posted()
        with self.mock_mail_gateway():
            line = self._run_step(self._send(), invoice)
            self._run_cron("account.ir_cron_account_move_send")
            mail = self._new_mails.filtered(lambda mail: self.partner in mail.recipient_ids)
            self.assertEqual((line.state, line.sent_message_id), ("done", mail.mail_message_id))
            self.env["mail.blacklist"]._add(self.partner.email)
            mail.send()

        self.assertEqual((mail.state, line.state, line.skip_reason), ("cancel", "skipped", "blacklist"))
        self.assertFalse(line.done_part)

    def test_what_odoo_cannot_send_is_an_error_in_the_log(self):
        """Fails without ``_hook_if_errors``."""
        invoice = self._create_posted()
        line = self._run_step(self._send(), invoice)
        model = self.env.registry["account.move.send"]

        def refuse(_sender, invoice, invoice_data):
            invoice_data["error"] = {"error_title": "The network refuses it"}

        with patch.object(model, "_hook_invoice_document_before_pdf_report_render", refuse):
            self._run_cron("account.ir_cron_account_move_send")

        self.assertEqual(line.state, "error")
        self.assertIn("The network refuses it", line.error)
        self.assertIn(invoice.name, line.error)

        line.action_retry()
        self._run_worker()
        self.assertEqual((line.state, line.error, bool(invoice.sending_data)), ("done", False, True))

    def test_what_a_person_sends_is_his(self):
        """Manually they may send what a rule may not."""
        self.env["mail.blacklist"]._add(self.partner.email)
        invoice = self._create_posted()
        invoice.sending_data = {"author_user_id": self.env.uid, "author_partner_id": self.env.user.partner_id.id}
        self._run_cron("account.ir_cron_account_move_send")

        self.assertTrue(invoice.is_move_sent)
