from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..document_case import DocumentCase


@tagged("post_install", "-at_install")
class TestStepDiscount(DocumentCase):
    """Z49: a rule gives a discount on a quotation, within limits, and takes it back when it expires."""

    def _discount(self, percent=10, **vals):
        return {"kind": "discount", "name": "Discount", "discount_percent": percent, "discount_days": 7, **vals}

    def _create_lines(self, *discounts):
        """Return a quotation with a line over 100 for each discount."""
        line = {"product_id": self.product.id, "price_unit": 100, "tax_ids": False}
        order = self._create_order(order_line=[Command.create({**line, "discount": one}) for one in discounts])
        return order.sudo()

    def test_discount_until_a_day(self):
        """Z49; the quotation shows the end date, and the log links to it."""
        order = self._create_lines(0, 0)

        execution = self._run_step(self._discount(), order)

        self.assertEqual((order.amount_untaxed, str(order.validity_date)), (180, "2026-02-09"))
        self.assertTrue(order.has_rule_discount)
        self.assertEqual((execution.state, execution.result_model), ("done", "sale.order"))
        self.assertIn("until 02/09/2026", "".join(order.message_ids.mapped("body")))

    def test_taken_back_when_it_expires(self):
        """With the validity of before; a line that a person changed is left. Fails without ``_take_back``."""
        order = self._create_lines(0, 0, 0)
        order.validity_date = "2026-03-04"
        self._run_step(self._discount(), order)
        order.order_line[1].discount = 12

        self._move_to("2026-02-09 22:30")  # still the last day in Paris
        self._run_cron("crm_triggers.ir_cron_take_back")
        self.assertEqual(order.order_line.mapped("discount"), [10, 12, 10])

        self._move_to("2026-02-09 23:30")
        self._run_cron("crm_triggers.ir_cron_take_back")
        self.assertEqual(order.order_line.mapped("discount"), [0, 12, 0])
        self.assertEqual((str(order.validity_date), order.has_rule_discount), ("2026-03-04", False))
        self.assertFalse(self.env["crm.trigger.incentive"].search([("order_id", "=", order.id)]))
        self.assertIn("taken back", "".join(order.message_ids.mapped("body")))

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_one_that_cannot_be_taken_back_keeps_no_other_waiting(self):
        """Fails without ``_take_back_apart``: none is, hour after hour, until Odoo switches the action off."""
        orders = [self._create_lines(0) for _i in range(3)]
        for order in orders:
            self._run_step(self._discount(), order)
        incentives = self.env["crm.trigger.incentive"]
        bad, origin = incentives.search([("order_id", "=", orders[0].id)]), type(incentives)._restore_discounts

        def restore(incentive):
            if incentive == bad:
                raise ZeroDivisionError
            return origin(incentive)

        self._move_to("2026-02-20 09:00")
        with patch.object(type(incentives), "_restore_discounts", restore):
            self._run_cron("crm_triggers.ir_cron_take_back")

        self.assertEqual([order.order_line.discount for order in orders], [10, 0, 0])
        self._run_cron("crm_triggers.ir_cron_take_back")
        self.assertEqual([order.order_line.discount for order in orders], [0, 0, 0])

    def test_order_that_was_signed_keeps_it(self):
        order = self._create_lines(0)
        self._run_step(self._discount(), order)
        order.action_confirm()

        self._move_to("2026-02-20 09:00")
        self._run_cron("crm_triggers.ir_cron_take_back")

        self.assertEqual(order.amount_untaxed, 90)
        self.assertFalse(self.env["crm.trigger.incentive"].search([("order_id", "=", order.id)]))

    def _take_back_on(self, moment):
        self._move_to(moment)
        self._run_cron("crm_triggers.ir_cron_take_back")

    def test_no_second_one_after_the_first_expired(self):
        """Money is given once. Fails without ``active_test`` in ``_crm_trigger_give_discounts``."""
        order = self._create_lines(0)
        rule = self._create_scenario([self._discount()])
        other = self._create_scenario([self._discount(30, discount_lines="all")])
        self._enroll(rule, order, "one")
        self._take_back_on("2026-02-10 09:00")
        self.assertEqual(order.amount_untaxed, 100)

        self._enroll(rule, order, "two")
        self._enroll(other, order, "one")

        self.assertEqual(order.amount_untaxed, 100)
        self.assertEqual(self._get_executions(order).mapped("skip_reason"), [False, "already", "already"])

    def test_quotation_that_was_cancelled_when_it_expired(self):
        """Reopened, it has its prices of before. Fails without the cancelled ones in ``_take_back``."""
        order = self._create_lines(0)
        order.validity_date = "2026-12-31"
        self._run_step(self._discount(), order)
        order._action_cancel()
        self._take_back_on("2026-02-10 09:00")

        order.action_draft()
        self._take_back_on("2026-03-10 09:00")

        self.assertEqual((order.amount_untaxed, str(order.validity_date)), (100, "2026-12-31"))

    def test_order_that_is_cancelled_after_it_expired(self):
        """And made a quotation again. Fails without the archived ones in ``_search_over``."""
        order, kept = self._create_lines(0), self._create_lines(0)
        self._run_step(self._discount(), order | kept)
        (order | kept).action_confirm()
        self._take_back_on("2026-02-10 09:00")
        self.assertEqual((order.amount_untaxed, kept.amount_untaxed), (90, 90))

        order._action_cancel()
        order.action_draft()
        self._take_back_on("2026-03-10 09:00")

        self.assertEqual((order.amount_untaxed, kept.amount_untaxed), (100, 90))

    def test_quotation_that_is_reopened_in_time_has_it_to_the_last_day(self):
        order = self._create_lines(0)
        self._run_step(self._discount(), order)
        order._action_cancel()
        order.action_draft()

        self._take_back_on("2026-02-05 09:00")
        self.assertEqual(order.amount_untaxed, 90)
        self._take_back_on("2026-02-10 09:00")
        self.assertEqual(order.amount_untaxed, 100)

    def test_duplicate_has_the_prices_of_before(self):
        """Nobody would take the discount back from it: of a quotation, of an order, of what expired; what a
        person gave stays. Fails without ``copy_data`` of the line."""
        order = self._create_lines(0, 5)
        self._run_step(self._discount(), order)
        order.order_line[1].discount = 7
        self.assertEqual(order.copy().order_line.mapped("discount"), [0, 7])

        order.action_confirm()
        self._take_back_on("2026-02-10 09:00")
        self.assertEqual(order.order_line.mapped("discount"), [10, 7])
        self.assertEqual(order.copy().order_line.mapped("discount"), [0, 7])

    def test_only_lines_without_a_discount(self):
        order = self._create_lines(0, 5, 20)
        self._run_step(self._discount(), order)
        self.assertEqual(order.order_line.mapped("discount"), [10, 5, 20])

    def test_all_lines_but_never_less_nor_added_up(self):
        order = self._create_lines(0, 5, 20)
        self._run_step(self._discount(discount_lines="all"), order)
        self.assertEqual(order.order_line.mapped("discount"), [10, 10, 20])

    def test_never_more_than_the_most(self):
        """Fails without ``_crm_trigger_get_discount_share``; rounded down."""
        order = self._create_lines(0, 0, 0)
        self._run_step(self._discount(discount_maximum=20), order)

        self.assertEqual(order.order_line.mapped("discount"), [6.66] * 3)
        self.assertLessEqual(300 - order.amount_untaxed, 20)

    def test_most_is_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "x", "rate_ids": [Command.create({"name": "2026-01-01", "rate": 2})]}
        )
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": currency.id})
        order = self._create_lines(0)
        order.pricelist_id = pricelist
        order.order_line.write({"price_unit": 1000, "discount": 0})

        self._run_step(self._discount(discount_maximum=20), order)

        self.assertEqual(order.amount_undiscounted - order.amount_untaxed, 40)

    def test_never_twice(self):
        """Promise 1: not in another run either, while it is valid."""
        order = self._create_lines(0)
        rule = self._create_scenario([self._discount(discount_lines="all")])
        other = self._create_scenario([self._discount(30, discount_lines="all")])
        self._enroll(rule, order, "one")
        self._enroll(rule, order, "two")
        self._enroll(other, order, "one")

        self.assertEqual(order.amount_untaxed, 90)
        self.assertEqual(self._get_executions(order).mapped("skip_reason"), [False, "already", "already"])

    def test_confirmed_and_cancelled_ones_get_none(self):
        order, cancelled = self._create_confirmed(), self._create_lines(0)
        cancelled._action_cancel()
        self._run_step(self._discount(), order | cancelled)

        self.assertEqual(order.amount_untaxed, 100)
        for one in order, cancelled:
            self.assertExecutions(one, [("Discount", "skipped", "document_state")])

    def test_nothing_to_take_off(self):
        order = self._create_lines(20)
        validity = order.validity_date
        self._run_step(self._discount(), order)

        self.assertExecutions(order, [("Discount", "skipped", "already")])
        self.assertEqual(order.validity_date, validity)

    def test_of_another_company(self):
        order = self._create_order_of_b()
        self._run_step(self._discount(), order, company_id=False, user=self.admin)
        self.assertEqual(order.amount_untaxed, 90)

    def test_bad_input_is_refused_on_saving(self):
        """Fails without ``_crm_trigger_check_discount``."""
        for vals in (
            {"discount_percent": 0},
            {"discount_percent": 101},
            {"discount_maximum": -1},
            {"discount_days": 0},
            {"discount_days": 400},
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "Rule “Rule”, step “Discount”"):
                self._create_scenario([{**self._discount(), **vals}], activate=False)

    def test_only_for_quotations(self):
        with self.assertRaisesRegex(UserError, "Only quotations"):
            self._create_rule(trigger="manual", steps=[self._discount()])

    def test_form_of_a_manager_begins_with_values(self):
        step = self._add_step("discount")

        self.assertEqual((step.discount_percent, step.discount_days, step.discount_lines), (5, 14, "without"))

    def test_in_words(self):
        step = self._create_scenario([self._discount()], activate=False).step_ids
        self.assertEqual(step.phrase, "give a discount of 10 % for 7 days")
        step.discount_maximum = 50
        self.assertEqual(step.phrase, "give a discount of 10 % for 7 days, at most 50.00")

    def test_batch_takes_few_queries_for_each(self):
        rule = self._create_scenario([self._discount()])

        def count(number):
            orders = self.env["sale.order"].union(*(self._create_lines(0, 0) for _i in range(number)))
            before = self.env.cr.sql_log_count
            self._enroll(rule, orders)
            self.assertEqual(set(orders.mapped("amount_untaxed")), {180})
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(5), count(25)
        self.assertLess((many - few) / 20, 10)

    def test_as_a_server_action(self):
        order = self._create_lines(0)
        action = self._create_action("crm_discount", discount_percent=25)

        action.with_user(self.sam).with_context(active_model="sale.order", active_ids=order.ids).run()

        self.assertEqual(order.amount_untaxed, 75)
