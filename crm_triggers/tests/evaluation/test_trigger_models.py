from odoo import fields
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerModels(CrmTriggersCommon):
    """Quotations, orders and invoices: changes that never pass through ``write``."""

    def _on_sent(self, steps=None, **vals):
        return self._create_rule(steps=steps, model="sale.order", filter_domain=[("state", "=", "sent")], **vals)

    def test_quotation_marked_as_sent_plans_follow_up(self):
        """K35, K38."""
        self._on_sent([self._task("Follow-up no. 1", activity_date_deadline_range=3)])
        order = self._create_order()

        order.action_quotation_sent()
        self._run_worker()

        self.assertExecutions(order, [("Follow-up no. 1", "done")])
        self.assertRecordValues(
            order.activity_ids, [{"user_id": self.sam.id, "date_deadline": fields.Date.to_date("2026-02-05")}]
        )

    def test_quotation_sent_by_mail_composer_plans_follow_up(self):
        """K35: the composer writes the state in the chatter's code, past every button."""
        self._on_sent()
        order = self._create_order()
        context = order.action_quotation_send()["context"]

        composer = self.env["mail.compose.message"].with_user(self.sam).with_context(**context).create({})
        composer.action_send_mail()
        self._new_transaction()

        self.assertEqual(order.state, "sent")
        self.assertExecutions(order, [("Call", "scheduled")])

    def test_quotation_accepted_cancels_its_follow_ups(self):
        """K38: each follow-up is cancelled by the answer, in the very transaction."""
        steps = [self._task(f"No. {n}", delay_count=n, delay_from="start") for n in (3, 7)]
        self._on_sent(steps)
        order = self._create_order()
        order.action_quotation_sent()
        self._run_until("2026-02-05 10:00")
        self.assertExecutions(order, [("No. 3", "done"), ("No. 7", "scheduled")])

        order.action_confirm()
        self._new_transaction()

        self.assertExecutions(order, [("No. 3", "done"), ("No. 7", "cancel")])
        self.assertStopped(order, "unmatched")

    def test_quotation_refused_cancels_its_follow_ups(self):
        """K38."""
        self._on_sent([self._task(delay_count=3)])
        order = self._create_order()
        order.action_quotation_sent()
        self._new_transaction()

        order._action_cancel()
        self._new_transaction()

        self.assertExecutions(order, [("Call", "cancel")])

    def test_order_confirmed_starts_run_once_all_is_done(self):
        """K02, K40: in the middle of ``action_confirm`` nothing is decided yet."""
        self._create_rule(model="sale.order", filter_domain=[("state", "=", "sale")])
        order = self._create_order()

        order.action_confirm()
        self._new_transaction()

        self.assertExecutions(order, [("Call", "scheduled")])

    def test_invoice_posted_starts_run(self):
        """K02."""
        self._create_rule(
            model="account.move", filter_domain=[("state", "=", "posted"), ("move_type", "=", "out_invoice")]
        )

        invoice = self._create_posted()
        self._run_worker()

        self.assertExecutions(invoice, [("Call", "done")])
        self.assertEqual(invoice.activity_ids.user_id, self.sam)

    def test_invoice_paid_starts_run_although_only_recomputed(self):
        """K02: ``payment_state`` is stored and computed, it never reaches ``write``.

        Fails without ``_crm_trigger_capture`` in ``base._write_multi``.
        """
        self._create_rule(model="account.move", filter_domain=[("payment_state", "in", ["in_payment", "paid"])])
        invoice = self._create_posted()

        self._pay(invoice)

        self.assertExecutions(invoice, [("Call", "scheduled")])

    def test_invoice_paid_stops_its_reminders(self):
        """K60: stops on payment."""
        self._create_rule(
            "date",
            [self._task("Remind", delay_count=10)],
            model="account.move",
            date="invoice_date_due",
            filter_domain=[("state", "=", "posted")],
            stop_domain=[("payment_state", "in", ["in_payment", "paid"])],
        )
        invoice = self._create_posted()
        self._run_until("2026-02-02 12:00")
        self.assertExecutions(invoice, [("Remind", "scheduled")])

        self._pay(invoice)

        self.assertExecutions(invoice, [("Remind", "cancel")])
        self.assertStopped(invoice, "stop_domain")
