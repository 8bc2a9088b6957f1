from unittest.mock import patch

from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.addons.mail.tests.common import MailCase
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestQuotationLeft(DocumentCase, MailCase):
    """What becomes of the email of a quotation that a rule made, after it was handed over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        line = Command.create({"product_id": cls.product.id})
        cls.template = cls.env["sale.order.template"].create(
            {"name": "Office", "company_id": False, "sale_order_template_line_ids": [line]}
        )

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _queue(self):
        """Return the line of a quotation that was made and sent, the quotation, and its email in the queue."""
        step = {"kind": "quotation", "name": "Quotation", "quotation_template_id": self.template.id}
        rule = self._rule_on_offer([{**step, "quotation_then": "sent"}])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        line, order = self._get_executions(lead, rule), lead.sudo().order_ids
        mail = self._get_mails()
        self.assertEqual((line.state, order.state, len(mail)), ("done", "sent", 1))
        self.assertEqual((line.result_id, line.sent_message_id), (order.id, mail.mail_message_id))
        return line, order, mail

    def _get_mails(self):
        return self._new_mails.filtered(lambda mail: self.partner in mail.recipient_ids).sorted("id")

    def test_who_asks_for_no_mail_meanwhile_gets_none(self):
        """The log shows it, and a retry sends the same quotation. Fails without ``sent_message_id``."""
        line, order, mail = self._queue()
        self.env["mail.blacklist"]._add(self.partner.email)
        mail.send()
        self.assertEqual((mail.state, self._mails), ("cancel", []))
        self.assertEqual((line.state, line.skip_reason, line.done_part), ("skipped", "blacklist", "document"))

        self.env["mail.blacklist"]._remove(self.partner.email)
        line.action_retry()
        self._run_worker()
        self._get_mails()[-1:].send()
        self.assertEqual((line.state, line.done_part, len(self._mails)), ("done", False, 1))
        self.assertEqual(order.opportunity_id.order_ids, order)

    def test_quotation_that_is_cancelled_meanwhile_is_not_sent(self):
        """Fails without ``_get_sent_document``."""
        line, order, mail = self._queue()
        order._action_cancel()
        mail.send()

        self.assertEqual((mail.state, self._mails), ("cancel", []))
        self.assertEqual((line.state, line.skip_reason, line.done_part), ("skipped", "document_state", "document"))

    def test_email_that_fails_is_an_error_and_sent_again_on_demand(self):
        line, order, mail = self._queue()
        mail.write({"state": "exception", "failure_type": "mail_email_invalid", "failure_reason": "550"})
        self._run_sweep()
        self.assertEqual(line.state, "error")
        self.assertIn("550", line.error)

        line.action_retry()
        self._run_worker()
        self.assertEqual((line.state, len(self._get_mails())), ("done", 2))
        self.assertEqual(order.opportunity_id.order_ids, order)

    def test_email_waits_for_a_mail_server_that_is_down(self):
        line, _order, mail = self._queue()
        with patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("refused")):
            mail.send()
        self.assertEqual(mail.state, "exception")
        self._run_sweep()

        self.assertEqual((mail.state, line.state), ("outgoing", "done"))
