from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..document_case import DocumentCase


@tagged("post_install", "-at_install")
class TestStepConfirm(DocumentCase):
    """K16: a rule confirms a quotation, as Odoo's own button does."""

    def _confirm(self, **vals):
        return {"kind": "confirm", "name": "Confirm", **vals}

    def test_quotation_becomes_an_order(self):
        order = self._create_taxed()

        execution = self._run_step(self._confirm(), order)

        self.assertEqual((order.state, str(order.date_order)), ("sale", "2026-02-02 09:00:00"))
        self.assertEqual((execution.state, execution.result_model), ("done", "sale.order"))
        self.assertEqual(execution.result_id, order.id)

    def test_confirmed_and_cancelled_ones_are_left_alone(self):
        """Promise 1: nothing is done again."""
        order, cancelled = self._create_confirmed(), self._create_taxed()
        cancelled._action_cancel()
        confirmed_at = order.date_order
        self._move_to("2026-02-03 09:00")

        self._run_step(self._confirm(), order | cancelled)

        self.assertEqual((order.date_order, cancelled.state), (confirmed_at, "cancel"))
        self.assertExecutions(order, [("Confirm", "skipped", "already")])
        self.assertExecutions(cancelled, [("Confirm", "skipped", "document_state")])

    def test_expired_one_is_left_alone_unless_one_wants_it(self):
        """Valid until the end of its last day in the company's zone: at 23:30 UTC it is the next in Paris."""
        self._move_to("2026-02-02 22:30")
        order = self._create_taxed(validity_date="2026-02-02")
        self._run_step(self._confirm(), order)
        self.assertEqual(order.state, "sale")

        self._move_to("2026-02-02 23:30")
        expired = self._create_taxed(validity_date="2026-02-02")
        self._run_step(self._confirm(), expired)
        self.assertExecutions(expired, [("Confirm", "skipped", "expired")])

        self._run_step(self._confirm(confirm_expired=True), expired)
        self.assertEqual(expired.state, "sale")

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_what_odoo_refuses_is_the_error_of_the_step(self):
        """And hurts only that quotation. Tried again when it is mended, it is done."""
        orders = self._create_taxed() | self._create_taxed()
        bad = orders[0]
        bad.order_line = [Command.clear(), Command.create({"name": "Something", "price_unit": 1})]

        self._run_step(self._confirm(), orders)

        self.assertEqual(orders.mapped("state"), ["draft", "sale"])
        execution = self._get_executions(bad)
        self.assertEqual(execution.state, "scheduled")
        self.assertIn("missing a product", execution.error)

        bad.order_line.product_id = self.product
        self._run_until("2026-02-02 09:02")
        self.assertEqual(bad.state, "sale")

    def test_of_another_company_as_the_system_there(self):
        order = self._create_order_of_b()

        self._run_step(self._confirm(), order, company_id=False, user=self.admin)

        self.assertEqual(order.state, "sale")

    def test_only_for_quotations(self):
        with self.assertRaisesRegex(UserError, "Only quotations"):
            self._create_rule(trigger="manual", steps=[self._confirm()])

    def test_in_words(self):
        step = self._create_scenario([self._confirm()], activate=False).step_ids
        self.assertEqual(step.phrase, "confirm the quotation")
        step.confirm_expired = True
        self.assertEqual(step.phrase, "confirm the quotation, also an expired one")

    def test_batch_is_confirmed_by_one_call(self):
        """Fails when they are confirmed one by one."""
        orders = self.env["sale.order"].union(*(self._create_taxed() for _i in range(20)))
        model, calls = self.env.registry["sale.order"], []
        confirm_origin = model.action_confirm

        def confirm(records):
            calls.append(len(records))
            return confirm_origin(records)

        with patch.object(model, "action_confirm", confirm):
            self._run_step(self._confirm(), orders)

        self.assertEqual(calls, [20])

    def test_as_a_server_action(self):
        orders = self._create_confirmed() | self._create_taxed()
        action = self._create_action("crm_confirm")

        action.with_user(self.sam).with_context(active_model="sale.order", active_ids=orders.ids).run()

        self.assertEqual(orders.mapped("state"), ["sale", "sale"])
