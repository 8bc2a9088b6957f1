from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..document_case import DocumentCase


@tagged("post_install", "-at_install")
class TestLimits(DocumentCase):
    """Limits are exact: "at most, without taxes" excludes taxes, and never turns into no limit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        included = {"price_include_override": "tax_included", "company_id": cls.company.id}
        cls.included = cls.env["account.tax"].create({"name": "20 % included", "amount": 20, **included})
        cls.fee = cls.env["account.tax"].create({"name": "Fee", "amount_type": "fixed", "amount": 60, **included})
        cls.coin = cls.env["res.currency"].create(
            {
                "name": "XTC",
                "symbol": "x",
                "rounding": 1,
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 0.004})],
            }
        )

    def _discount(self, most, percent=10, **vals):
        values = {"discount_percent": percent, "discount_maximum": most, "discount_days": 7}
        return {"kind": "discount", "name": "Discount", **values, **vals}

    def _create_lines(self, *lines):
        """Return a quotation with these lines, each ``(price, taxes)``."""
        values = [
            {"product_id": self.product.id, "price_unit": price, "tax_ids": [Command.set(taxes.ids if taxes else [])]}
            for price, taxes in lines
        ]
        return self._create_order(order_line=list(map(Command.create, values))).sudo()

    def _get_off(self, order, most, percent=10, **vals):
        """Return what a step takes off a quotation, without taxes."""
        before = order.amount_untaxed
        self._run_step(self._discount(most, percent), order, **vals)
        return round(before - order.amount_untaxed, 2)

    def test_most_is_without_the_taxes_that_prices_include(self):
        """Fails when the price of the lines is compared: 83.33 would be taken off."""
        self.assertEqual(self._get_off(self._create_lines((1200, self.included)), 100), 100)
        self.assertEqual(self._get_off(self._create_lines((1200, self.included)), 50), 50)

    def test_most_with_a_fixed_fee_in_the_price(self):
        """A fee is not discounted: 1260 is 1000, 200 of taxes and 60 of fee."""
        order = self._create_lines((1260, self.included | self.fee))
        self.assertLessEqual(self._get_off(order, 50), 50)
        self.assertGreater(1000 - order.amount_untaxed, 49.8)

    def test_most_with_taxes_of_both_kinds(self):
        order = self._create_lines((1200, self.included), (1000, self.tax), (500, None))
        self.assertLessEqual(self._get_off(order, 100), 100)
        self.assertGreater(2500 - order.amount_untaxed, 99.5)

    def test_never_a_cent_more_however_lines_are_rounded(self):
        """Fails without the halvings in ``_crm_trigger_fit_discounts``: 2.40, and 37.60."""
        self.company.tax_calculation_rounding_method = "round_per_line"
        for price, most in ((1.05, 2.2), (9.99, 37.48)):
            off = self._get_off(self._create_lines(*[(price, None)] * 40), most)
            self.assertLessEqual(off, most)
            self.assertGreater(off, most / 2)

    def test_most_that_comes_to_nothing_in_the_currency_takes_nothing_off(self):
        """Fails when the most is rounded to the currency of the quotation: 0 would be no limit."""
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": self.coin.id})
        order = self._create_lines((1000, None))
        order.pricelist_id = pricelist
        order.order_line.write({"price_unit": 1000, "discount": 0})

        self.assertEqual(self._get_off(order, 100), 0)
        self.assertExecutions(order, [("Discount", "skipped", "limit_reached")])

    def test_most_that_is_no_amount_of_the_company_is_refused_on_saving(self):
        """0.001 is saved as no limit is. Fails without ``_crm_trigger_get_limit_problem``."""
        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Discount”.*or 0 for no limit"):
            self._run_step(self._discount(0.001), self._create_lines((100, None)))
        action = self._create_action("crm_discount", discount_maximum=5)
        with self.assertRaisesRegex(UserError, "or 0 for no limit"):
            action.discount_maximum = 0.004

    def test_percentage_that_is_none_is_refused_on_saving(self):
        for step in (
            self._discount(0, 0.001),
            {"kind": "down_payment", "name": "Down", "down_payment_percent": 0.001},
            {"kind": "down_payment", "name": "Down", "down_payment_type": "fixed", "down_payment_amount": 0.001},
        ):
            with self.subTest(step), self.assertRaisesRegex(UserError, "Rule “Rule”, step “D.*more than 0"):
                self._create_scenario([step], activate=False)
