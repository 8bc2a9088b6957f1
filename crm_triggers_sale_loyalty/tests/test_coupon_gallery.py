from odoo.addons.crm_triggers.tests.gallery_case import GalleryCase
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCouponGallery(GalleryCase):
    """The template that gives coupons."""

    module = "crm_triggers_sale_loyalty"

    def test_order_coupon(self):
        """Z49: two months after the order, for a month."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Come back",
                "program_type": "coupons",
                "applies_on": "current",
                "trigger": "with_code",
                "company_id": False,
                "currency_id": self.company.currency_id.id,
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 10})],
            }
        )
        self._use("order_coupon", {"coupon_program_id": program.id})

        self._create_order().sudo().action_confirm()
        self._new_transaction()
        self._run_until("2026-04-02 09:05")
        self.assertFalse(program.coupon_ids)
        self._run_until("2026-04-03 09:05")

        card = program.coupon_ids
        self.assertEqual((card.partner_id, str(card.expiration_date)), (self.partner, "2026-05-03"))
