from threading import Barrier
from unittest.mock import patch

from odoo.tests import tagged

from ..committed import PATIENCE, CommittedOrderCase


@tagged("post_install", "-at_install")
class TestDocumentConcurrency(CommittedOrderCase):
    """Promise 1: two workers at one order do together what one of them would have done."""

    def _work_at_once(self):
        """Let two workers read the order before either of them changes it."""
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
