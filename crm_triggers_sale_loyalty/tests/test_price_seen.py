from odoo.fields import Command
from odoo.tests import tagged

from .coupon_case import CouponCase


@tagged("post_install", "-at_install")
class TestPriceSeen(CouponCase):
    """The price that a customer sees on a quotation with rewards is the one that is confirmed."""

    def _discount(self, percent=10, **vals):
        return {"kind": "discount", "name": "Discount", "discount_percent": percent, "discount_days": 7, **vals}

    def _create_rewarded(self, program=None, price=1000, **vals):
        """Return a quotation on which a coupon was used."""
        line = {"product_id": self.product.id, "price_unit": price, "tax_ids": [Command.clear()]}
        order = self._create_order(order_line=[Command.create(line)], **vals).sudo()
        card = self._create_card(program or self._create_program(), expiration_date="2026-02-05")
        self.assertIsNone(self._use_code(order, card))
        return order

    def _take_back_on(self, moment):
        self._move_to(moment)
        self._run_cron("crm_triggers.ir_cron_take_back")

    def test_discount_beside_a_coupon(self):
        """The coupon takes 10 % off what is left. Fails without ``_crm_trigger_settle_prices``: 800 is shown and
        810 confirmed."""
        order = self._create_rewarded()
        self.assertEqual(order.amount_total, 900)
        self._run_step(self._discount(), order)
        shown = order.amount_total

        order.action_confirm()
        self._new_transaction()

        self.assertEqual((shown, order.amount_total), (810, 810))

    def test_discount_that_is_taken_back(self):
        """Fails without ``_crm_trigger_settle_prices`` in ``_restore_discounts``."""
        order = self._create_rewarded()
        order.order_line.coupon_id.expiration_date = False
        self._run_step(self._discount(), order)
        self._take_back_on("2026-02-10 09:00")
        shown = order.amount_total

        order.action_confirm()

        self.assertEqual((shown, order.amount_total), (900, 900))

    def test_price_that_an_administrators_step_changes(self):
        """Fails without ``_crm_trigger_settle_prices`` in ``_act_update``."""
        order = self._create_rewarded()
        self._run_step(self._update("order_line.price_unit", "500"), order, user=self.admin)
        shown = order.amount_total

        order.action_confirm()

        self.assertEqual((shown, order.amount_total), (450, 450))

    def test_discount_that_would_cost_a_reward(self):
        """Below its minimum the promotion is lost, and the customer would pay more. Fails without the comparison in
        ``_crm_trigger_apply_discounts``."""
        rule = {"minimum_amount": 950, "minimum_qty": 0, "reward_point_amount": 1, "reward_point_mode": "order"}
        program = self._create_program(
            program_type="promo_code",
            rule_ids=[Command.create({**rule, "mode": "with_code", "code": "TWENTY"})],
            reward_ids=[Command.create({"reward_type": "discount", "discount": 20})],
        )
        order, other = self._create_rewarded(), self._create_rewarded()
        for one in order, other:
            one.order_line.filtered("is_reward_line").unlink()
        found = order._try_apply_code("TWENTY")
        coupon, rewards = next(iter(found.items()))
        order._apply_program_reward(rewards, coupon)
        self._new_transaction()
        self.assertEqual((program.total_order_count, order.amount_total), (1, 800))

        self._run_step(self._discount(), order | other)

        self.assertEqual((order.amount_total, other.amount_total), (800, 900))
        self.assertExecutions(order, [("Discount", "skipped", "dearer")])
        self.assertFalse(order.has_rule_discount)
        self.assertEqual(order.order_line.mapped("discount"), [0, 0])

    def test_is_not_confirmed_at_another_price(self):
        """The coupon has ended since, Odoo's button would take it away. Fails without the price in
        ``_crm_trigger_get_confirmation_refusal``."""
        ended, good = self._create_rewarded(), self._create_rewarded()
        good.order_line.coupon_id.expiration_date = False
        self._move_to("2026-02-06 09:00")
        self._run_step({"kind": "confirm", "name": "Confirm"}, ended | good)

        self.assertEqual((ended.state, ended.amount_total), ("draft", 900))
        self.assertEqual((good.state, good.amount_total), ("sale", 900))
        self.assertExecutions(ended, [("Confirm", "skipped", "other_price")])

    def test_signed_quotation_keeps_its_rewards(self):
        order = self._create_rewarded()
        self._run_step(self._discount(), order)
        order.write({"signed_by": "Ada", "signed_on": "2026-02-03 09:00:00"})
        self._take_back_on("2026-02-10 09:00")
        self.assertEqual(order.amount_total, 810)
