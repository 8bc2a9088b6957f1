from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..document_case import DocumentCase


@tagged("post_install", "-at_install")
class TestStepDownPayment(DocumentCase, MailCase):
    """K16, K43: a rule invoices a down payment, as a draft by default, and never too much."""

    def _down_payment(self, percent=30, **vals):
        return {"kind": "down_payment", "name": "Down payment", "down_payment_percent": percent, **vals}

    def _fixed(self, amount, **vals):
        return self._down_payment(down_payment_type="fixed", down_payment_amount=amount, **vals)

    def test_percentage_is_invoiced_as_a_draft_with_taxes(self):
        """K43; the log links to the invoice, and Odoo treats it as the order's down payment."""
        order = self._create_confirmed()

        execution = self._run_step(self._down_payment(), order)

        invoice = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_untaxed, invoice.amount_total), ("draft", 30, 36))
        self.assertEqual(
            (execution.state, execution.result_model, execution.result_id), ("done", "account.move", invoice.id)
        )
        self.assertEqual(invoice.invoice_user_id, self.sam)
        self.assertTrue(invoice.line_ids.sale_line_ids.is_downpayment)
        self.assertIn(order.name, invoice.message_ids.mapped("body")[0])

    def test_same_as_by_the_dialog_of_odoo(self):
        """Fails when Odoo's dialog changes and ours does not."""
        ours, theirs = self._create_confirmed(), self._create_confirmed()
        context = {"active_model": "sale.order", "active_ids": theirs.ids}
        dialog = self.env["sale.advance.payment.inv"].with_context(**context)
        dialog.create({"advance_payment_method": "percentage", "amount": 30}).create_invoices()

        self._run_step(self._down_payment(), ours)

        def read(order):
            invoice = order.invoice_ids
            lines = invoice.line_ids.mapped(lambda line: (line.name, line.account_id, line.balance, line.tax_ids))
            ordered = order.order_line.mapped(
                lambda line: (line.name, line.sequence, line.is_downpayment, line.display_type, line.price_unit)
            )
            return ordered, lines, invoice.partner_id, invoice.amount_total, len(invoice.message_ids)

        self.assertEqual(read(ours), read(theirs))

    def test_fixed_amount(self):
        order = self._create_confirmed()

        self._run_step(self._fixed(50), order)

        self.assertEqual(order.invoice_ids.amount_total, 50)

    def test_never_more_than_the_order_over_several_runs(self):
        """Fails without ``_crm_trigger_get_invoiced``: drafts count."""
        order = self._create_confirmed()
        rule = self._create_scenario([self._down_payment(60)])

        self._enroll(rule, order, "one")
        self._enroll(rule, order, "two")

        self.assertEqual(order.invoice_ids.mapped("amount_total"), [72])
        self.assertExecutions(order, [("Down payment", "done"), ("Down payment", "skipped", "invoiced")])

    def test_cancelled_invoice_does_not_count(self):
        order = self._create_confirmed()
        rule = self._create_scenario([self._down_payment(60)])
        self._enroll(rule, order, "one")
        order.invoice_ids.button_cancel()

        self._enroll(rule, order, "two")

        self.assertEqual(sorted(order.invoice_ids.mapped("state")), ["cancel", "draft"])

    def test_credit_note_gives_back_what_may_be_invoiced(self):
        order = self._create_confirmed()
        rule = self._create_scenario([self._down_payment(60, invoice_then="posted")], user=self.admin)
        self._enroll(rule, order, "one")
        order.invoice_ids._reverse_moves(cancel=True)
        self._new_transaction()

        self._enroll(rule, order, "two")

        self.assertEqual(self._get_executions(order).mapped("state"), ["done", "done"])

    def test_order_that_is_invoiced_already_gets_none(self):
        order = self._create_confirmed()
        order._create_invoices()

        self._run_step(self._fixed(1), order)

        self.assertEqual(len(order.invoice_ids), 1)
        self.assertExecutions(order, [("Down payment", "skipped", "invoiced")])

    def test_two_runs_that_meet_invoice_once(self):
        order = self._create_confirmed()
        rule = self._create_scenario([self._down_payment()])
        self._start_two_runs(rule, order)

        self._run_worker()

        self.assertEqual(len(order.invoice_ids), 1)
        self.assertExecutions(order, [("Down payment", "done"), ("Down payment", "skipped", "already")])

    def test_quotation_gets_none(self):
        """Odoo offers it for confirmed orders only."""
        order = self._create_taxed()

        self._run_step(self._down_payment(), order)

        self.assertFalse(order.invoice_ids)
        self.assertExecutions(order, [("Down payment", "skipped", "document_state")])

    def test_order_over_nothing_gets_none(self):
        order = self._create_confirmed(order_line=[])

        self._run_step(self._down_payment(), order)

        self.assertExecutions(order, [("Down payment", "skipped", "already")])

    # Confirmed and sent

    def test_confirmed_on_demand(self):
        order = self._create_confirmed()

        self._run_step(self._down_payment(invoice_then="posted"), order, user=self.admin)

        self.assertEqual(order.invoice_ids.state, "posted")

    def test_sent_with_its_pdf_on_demand(self):
        """K43: by Odoo's scheduled action, to the customer, in the name of the salesperson."""
        order = self._create_confirmed()
        with self.mock_mail_gateway():
            self._run_step(self._down_payment(invoice_then="sent"), order, user=self.admin)
            self.assertNotIn(self.partner, self._new_mails.recipient_ids, "not sent within the transaction")
            self._run_cron("account.ir_cron_account_move_send")

        invoice = order.invoice_ids
        self.assertEqual((invoice.state, invoice.is_move_sent), ("posted", True))
        mail = self._new_mails.filtered(lambda mail: self.partner in mail.recipient_ids)
        self.assertEqual((len(mail), mail.author_id), (1, self.sam.partner_id))
        self.assertIn(".pdf", mail.attachment_ids.mapped("name")[0])

    def test_not_sent_to_who_asked_for_no_mail(self):
        """Promise 7. Fails without ``_take_out_blocked`` in ``_crm_trigger_send_invoices``."""
        order = self._create_confirmed()
        self.env["mail.blacklist"]._add(self.partner.email)

        line = self._run_step(self._down_payment(invoice_then="sent"), order, user=self.admin)

        invoice = order.invoice_ids
        self.assertEqual((invoice.state, invoice.sending_data), ("posted", False))
        self.assertEqual((line.state, line.skip_reason, line.done_part), ("skipped", "blacklist", "document"))
        self.assertEqual((line.result_model, line.result_id), ("account.move", invoice.id))

    def test_trying_again_sends_the_invoice_that_was_made(self):
        """Fails without ``finish``."""
        order = self._create_confirmed()
        self.partner.email = False
        line = self._run_step(self._down_payment(invoice_then="sent"), order, user=self.admin)
        invoice = order.invoice_ids
        self.assertEqual((line.skip_reason, line.done_part), ("no_recipient", "document"))
        self.partner.email = "ada@example.com"
        line.action_retry()
        self._run_worker()

        self.assertEqual((order.invoice_ids, bool(invoice.sending_data)), (invoice, True))
        self.assertEqual((line.state, line.skip_reason, line.done_part), ("done", False, False))

    def test_invoice_for_who_gets_them_by_hand_is_made_and_not_sent(self):
        order = self._create_confirmed()
        self.partner.invoice_sending_method = "manual"
        line = self._run_step(self._down_payment(invoice_then="sent"), order, user=self.admin)

        self.assertEqual((line.state, line.skip_reason, line.done_part), ("skipped", "by_hand", "document"))
        self.assertEqual((order.invoice_ids.state, order.invoice_ids.sending_data), ("posted", False))

    # Rights and bad input

    def test_who_may_not_confirm_invoices_makes_no_rule_that_does(self):
        """Promise 8. Fails without ``_check_manager_may``."""
        with self.assertRaisesRegex(AccessError, "leave the down-payment invoice as a draft"):
            self._create_scenario([self._down_payment(invoice_then="posted")])

        rule = self._create_scenario([self._down_payment()])
        with self.assertRaises(AccessError):
            rule.with_user(self.manager).step_ids.invoice_then = "sent"

        confirming = self._create_scenario([self._down_payment(invoice_then="posted")], user=self.admin)
        with self.assertRaises(AccessError):
            confirming.with_user(self.manager).step_ids.down_payment_percent = 100

    def test_who_may_confirm_invoices_makes_such_a_rule(self):
        self.manager.group_ids += self.env.ref("account.group_account_invoice")

        rule = self._create_scenario([self._down_payment(invoice_then="posted")])

        self.assertEqual(rule.step_ids.invoice_then, "posted")

    def test_too_much_or_nothing_is_refused_on_saving(self):
        """Fails without ``_check_values``; names rule and step."""
        for step in (self._down_payment(100.5), self._down_payment(0), self._down_payment(-5), self._fixed(0)):
            with self.subTest(step), self.assertRaisesRegex(UserError, "Rule “Rule”, step “Down payment”"):
                self._create_scenario([step], activate=False)
        rule = self._create_scenario([self._down_payment()])
        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Down payment”.*at most 100"):
            rule.with_user(self.manager).step_ids.down_payment_percent = 101

    def test_only_for_orders(self):
        with self.assertRaisesRegex(UserError, "Only orders"):
            self._create_rule(trigger="manual", steps=[self._down_payment()])

    def test_form_of_a_manager_begins_with_a_draft_over_30_percent(self):
        step = self._add_step("down_payment")

        self.assertEqual((step.down_payment_type, step.down_payment_percent), ("percentage", 30))
        self.assertEqual(step.invoice_then, "draft")

    def test_percentage_in_the_sentence(self):
        rule = self._create_scenario([self._down_payment(33.5)], activate=False)
        self.assertEqual(rule.step_ids.phrase, "create a draft down-payment invoice of 33.50 %")
        rule.step_ids.down_payment_percent = 30
        self.assertEqual(rule.step_ids.phrase, "create a draft down-payment invoice of 30 %")
        rule.step_ids.write({"down_payment_type": "fixed", "down_payment_amount": 50, "invoice_then": "sent"})
        self.assertEqual(rule.step_ids.phrase, "create and send a down-payment invoice of 50.00")

    # Companies, retries, batches, Odoo's own automation

    def test_order_of_another_company_is_invoiced_there(self):
        """Promise 8: in the company of the record, with its journal."""
        self.env["account.journal"].with_company(self.company_b).create(
            {"name": "Sales", "type": "sale", "code": "LYS", "company_id": self.company_b.id}
        )
        account = {"name": "Sales", "code": "707000", "account_type": "income", "company_ids": self.company_b.ids}
        income = self.env["account.account"].with_company(self.company_b).create(account)
        receivable = (
            self.env["account.account"]
            .with_company(self.company_b)
            .create({**account, "name": "Customers", "code": "411000", "account_type": "asset_receivable"})
        )
        self.product.with_company(self.company_b).property_account_income_id = income
        self.partner.with_company(self.company_b).property_account_receivable_id = receivable
        order = self._create_order_of_b()
        order.action_confirm()

        self._run_step(self._down_payment(), order, company_id=False, user=self.admin)

        self.assertExecutions(order, [("Down payment", "done")])
        self.assertEqual(order.invoice_ids.company_id, self.company_b)

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_tried_again_after_an_error_it_is_done_once(self):
        """Promise 1: one transaction; one bad order hurts only itself."""
        orders = self._create_confirmed() | self._create_confirmed()
        bad = orders[0]
        bad.journal_id = self.env["account.journal"].create({"name": "Old", "type": "sale", "code": "OLD"})
        bad.journal_id.active = False
        rule = self._create_scenario([self._down_payment(invoice_then="posted")], user=self.admin)
        self._enroll(rule, orders)
        self.assertEqual(self._get_executions(orders).mapped("state"), ["scheduled", "done"])

        bad.journal_id.active = True
        self._run_until("2026-02-02 09:02")

        self.assertEqual(self._get_executions(orders).mapped("state"), ["done", "done"])
        self.assertEqual([len(order.invoice_ids) for order in orders], [1, 1])

    def test_batch_takes_few_queries_for_each(self):
        """Most of them are Odoo's, for the note on a new invoice; its dialog takes 60. Fails when that
        is used for one order after the other."""
        rule = self._create_scenario([self._down_payment()])

        def count(number):
            orders = self.env["sale.order"].union(*(self._create_confirmed() for _i in range(number)))
            before = self.env.cr.sql_log_count
            self._enroll(rule, orders)
            self.assertEqual(len(orders.invoice_ids), number)
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(5), count(25)
        self.assertLess((many - few) / 20, 20)

    def test_as_a_server_action(self):
        """A menu or an automation rule of Odoo does the same."""
        orders = self._create_confirmed() | self._create_taxed()
        action = self._create_action("crm_down_payment", down_payment_percent=20)

        action.with_user(self.sam).with_context(active_model="sale.order", active_ids=orders.ids).run()

        self.assertEqual(orders.invoice_ids.mapped("amount_total"), [24])
        with self.assertRaisesRegex(UserError, "Action “Action”.*at most 100"):
            action.down_payment_percent = 120
