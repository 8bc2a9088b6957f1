from odoo.tests import tagged

from ..committed import CommittedOrderCase


@tagged("post_install", "-at_install")
class TestDocumentInterruption(CommittedOrderCase):
    """Promise 1, kill -9: what has to do with money is there once, also when the worker is killed
    between doing it and marking it; ``./dev torture money`` does that at random points.

    Each test fails when ``_act`` commits what a step did before it marks.
    """

    def _kill_and_work(self, step):
        """Have a worker killed that has just done a step, then work off what is due."""
        self._enroll({"name": "Step", **step})
        with self._worker_process("acted"):
            pass
        self._work()
        self._work()
        self.assertEqual(self._get_states(), {"done": 1})

    def _confirm(self):
        with self._env() as env:
            env["sale.order"].browse(self.order_id).action_confirm()

    def test_down_payment_is_invoiced_once(self):
        """K43"""
        self._confirm()

        self._kill_and_work({"kind": "down_payment", "down_payment_percent": 30})

        with self._env() as env:
            order = env["sale.order"].browse(self.order_id)
            self.assertEqual(order.invoice_ids.mapped("amount_untaxed"), [30])

    def test_quotation_is_confirmed_once(self):
        """K16"""
        self._kill_and_work({"kind": "confirm"})

        with self._env() as env:
            order = env["sale.order"].browse(self.order_id)
            confirmed = env["mail.tracking.value"].search(
                [("mail_message_id.model", "=", "sale.order"), ("mail_message_id.res_id", "=", order.id)]
            )
            self.assertEqual(order.state, "sale")
            self.assertEqual(confirmed.mapped("new_value_char").count("Sales Order"), 1)

    def test_discount_is_given_once(self):
        """Z49"""
        self._kill_and_work({"kind": "discount", "discount_percent": 10})

        with self._env() as env:
            order = env["sale.order"].browse(self.order_id)
            self.assertEqual(order.order_line.mapped("discount"), [10])
            self.assertEqual(env["crm.trigger.incentive"].search_count([("order_id", "=", order.id)]), 1)

    def test_quotation_is_sent_once(self):
        with self._env() as env:
            env["sale.order"].browse(self.order_id).partner_id.email = "customer@example.com"

        self._kill_and_work({"kind": "send"})

        with self._env() as env:
            order = env["sale.order"].browse(self.order_id)
            self.assertEqual(order.state, "sent")
            self.assertEqual(len(order.message_ids.sudo().mail_ids), 1)
