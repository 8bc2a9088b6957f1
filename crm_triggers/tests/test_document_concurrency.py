from threading import Barrier
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .committed import PATIENCE, CommittedCase


@tagged("post_install", "-at_install")
class TestDocumentConcurrency(CommittedCase):
    """Promise 1: two workers at one order do together what one of them would have done."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            partner = env["res.partner"].create({"name": self._testMethodName})
            product = env["product.product"].create({"name": "Desk", "type": "service", "invoice_policy": "order"})
            line = {"product_id": product.id, "price_unit": 100, "tax_ids": False}
            order = env["sale.order"].create({"partner_id": partner.id, "order_line": [Command.create(line)]})
            self.order_id = order.id
        self.addCleanup(self._clean_up_order, product.id, partner.id)

    def _clean_up_order(self, product_id, partner_id):
        with self._env() as env:
            order = env["sale.order"].browse(self.order_id)
            order.invoice_ids.unlink()
            order._action_cancel()
            order.unlink()
            env["product.product"].browse(product_id).unlink()
            env["res.partner"].browse(partner_id).unlink()

    def _enroll(self, step):
        """Put the order into a scenario of its own with this step."""
        with self._env() as env:
            model_id = env["ir.model"]._get_id("sale.order")
        rule_id = self._create_rule([step], model_id=model_id, trigger="manual", filter_domain=False)
        with patch("odoo.addons.crm_triggers.models.crm_trigger_run._drain"), self._env() as env:
            env["crm.trigger.rule"].browse(rule_id).enroll(env["sale.order"].browse(self.order_id), key="one")

    def _work_at_once(self):
        """Let two workers look at the order before either of them does something to it."""
        turns, meeting, model = [1, 2], Barrier(2), self.registry["ir.actions.server"]
        lock_origin = model._lock_documents

        def lock(action, documents):
            if turns:  # who starts afresh waits for nobody
                turns.pop()
                meeting.wait(PATIENCE)
            return lock_origin(action, documents)

        with patch.object(model, "_lock_documents", lock), self._thread(self._work):
            self._work()

    def test_two_down_payments_at_once_are_not_more_than_the_order(self):
        """K43. Fails without ``_lock_documents``."""
        with self._env() as env:
            env["sale.order"].browse(self.order_id).action_confirm()
        for _i in range(2):
            step = {"kind": "down_payment", "name": "Down payment", "down_payment_percent": 60}
            self._enroll(step)

        self._work_at_once()

        self.assertEqual(self._get_states(), {"done": 1, "skipped": 1})
        with self._env() as env:
            self.assertEqual(env["sale.order"].browse(self.order_id).invoice_ids.mapped("amount_total"), [60])

    def test_two_discounts_at_once_are_one(self):
        """Z49. Fails without ``_lock_documents``, with an error in the log."""
        for percent in (10, 20):
            self._enroll({"kind": "discount", "name": "Discount", "discount_percent": percent})

        self._work_at_once()

        self.assertEqual(self._get_states(), {"done": 1, "skipped": 1})
        with self._env() as env:
            self.assertIn(env["sale.order"].browse(self.order_id).amount_untaxed, (90, 80))
