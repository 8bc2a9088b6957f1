from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .coupon_case import CouponCase


@tagged("post_install", "-at_install")
class TestUsableCoupon(CouponCase):
    """A coupon is given if Odoo takes it, and if there is none yet that Odoo would take."""

    def _give(self, program, record=None, **vals):
        """Give a coupon for a record, and return the log's values and the new coupons."""
        before = program.coupon_ids
        record = record or self._create_taxed()
        execution = self._run_step(self._coupon(program), record, **vals)
        return execution[-1:].skip_reason or execution[-1:].state, program.coupon_ids - before

    def test_one_without_an_end_is_good(self):
        """Fails when coupons without an end date are not searched."""
        program = self._create_program()
        self._create_card(program)
        self.assertEqual(self._give(program), ("already", program.coupon_ids.browse()))

    def test_one_that_ended_or_was_used_is_not(self):
        """Used is, as for Odoo, what has too few points for any reward."""
        program = self._create_program()
        program.reward_ids.required_points = 2
        self._create_card(program, expiration_date="2026-02-01", points=2)
        self._create_card(program)
        self._create_card(program, points=2, active=False)

        outcome, card = self._give(program)

        self.assertEqual((outcome, card.points), ("done", 2))
        self.assertIsNone(self._use_code(self._create_taxed(), card))

    def test_program_that_odoo_does_not_take_now_gives_none(self):
        """Over, not begun, used up, of another pricelist, not for sales, its reward archived. Fails without
        ``_crm_trigger_get_takers``."""
        vip = self.env["product.pricelist"].create({"name": "VIP", "currency_id": self.company.currency_id.id})
        used_up = self._create_program(limit_usage=True, max_usage=1)
        self._use_code(self._create_taxed(), self._create_card(used_up, partner_id=self.sam.partner_id.id))
        unrewarded = self._create_program()
        unrewarded.reward_ids.active = False
        for name, program in {
            "no reward": unrewarded,
            "over": self._create_program(date_to="2026-02-01"),
            "not begun": self._create_program(date_from="2026-02-03"),
            "used up": used_up,
            "pricelist": self._create_program(pricelist_ids=[Command.set(vip.ids)]),
            "not for sales": self._create_program(sale_ok=False),
        }.items():
            with self.subTest(name):
                self.assertEqual(self._give(program), ("unusable", program.coupon_ids.browse()))

    def test_last_day_of_a_program(self):
        program = self._create_program(date_from="2026-02-02", date_to="2026-02-02")
        outcome, card = self._give(program)
        self.assertEqual((outcome, card.expiration_date), ("done", date(2026, 2, 2)))

    def test_program_that_began_after_the_order_was_paid(self):
        """Odoo asks for the day of the payment of a paid order; the coupon is for the next one."""
        order = self._create_taxed()
        self._pay_online(order, "done")
        order.action_confirm()
        self._move_to("2026-02-20 09:00")
        over, begun = self._create_program(date_to="2026-02-10"), self._create_program(date_from="2026-02-15")
        self.assertEqual(self._give(over, order)[0], "unusable")
        self.assertEqual(self._give(begun, order)[0], "done")

    def test_pricelist_of_the_order_and_of_the_contact(self):
        vip = self.env["product.pricelist"].create({"name": "VIP", "currency_id": self.company.currency_id.id})
        program = self._create_program(pricelist_ids=[Command.set(vip.ids)])
        order = self._create_taxed(pricelist_id=vip.id)
        outcome, card = self._give(program, order)
        self.assertEqual(outcome, "done")
        self.assertIsNone(self._use_code(order, card))

    def test_ends_with_its_program(self):
        """Fails when it says the days of the step: the customer would be told a day on which Odoo refuses it."""
        program = self._create_program(date_to="2026-02-04")
        order = self._create_taxed()
        _outcome, card = self._give(program, order)

        self.assertEqual(str(card.expiration_date), "2026-02-04")
        self.assertIn("02/04/2026", "".join(order.message_ids.mapped("body")))
        self._move_to("2026-02-04 21:00")
        self.assertIsNone(self._use_code(self._create_taxed(), card))

    def test_contact_without_an_order(self):
        """Whatever the rule is about, the next order of the contact is checked."""
        over, running = self._create_program(date_to="2026-02-01"), self._create_program()
        for program, expected in ((over, "unusable"), (running, "done")):
            self.assertEqual(self._give(program, self.partner)[0], expected)

    def test_program_of_the_parent_company(self):
        """As for Odoo, it is one of its branches', too; of another company it is not."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        program = self._create_program(company_id=self.company.id)
        rule = self._create_rule(
            "manual",
            [self._coupon(program)],
            model="res.partner",
            company_id=branch.id,
            user=self.env.user,
            activate=False,
        )
        self.assertFalse(rule.step_ids._get_coupon_company_problem())
        nothing = self.env["product.pricelist"]
        taken = {
            company: rule.step_ids.action_id._crm_trigger_is_taken(company, nothing)
            for company in (branch, self.company_b)
        }
        self.assertEqual(taken, {branch: True, self.company_b: False})
