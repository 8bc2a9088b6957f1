from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.fields import Command


class CouponCase(DocumentCase):
    """Coupon programs of 10%, and the effect of a code on a quotation."""

    @classmethod
    def _create_program(cls, **vals):
        values = {
            "name": "Come back",
            "program_type": "coupons",
            "applies_on": "current",
            "trigger": "with_code",
            "company_id": False,
            "currency_id": cls.company.currency_id.id,
            "reward_ids": [Command.create({"reward_type": "discount", "discount": 10})],
        }
        return cls.env["loyalty.program"].create({**values, **vals})

    def _create_card(self, program, **vals):
        values = {"program_id": program.id, "partner_id": self.partner.id, "points": 1}
        return self.env["loyalty.card"].create({**values, **vals})

    def _coupon(self, program, days=30):
        return {"kind": "coupon", "name": "Coupon", "coupon_program_id": program.id, "coupon_days": days}

    def _use_code(self, order, card):
        """Enter the code of a coupon on a quotation, as a salesperson does; return Odoo's error."""
        found = order._try_apply_code(card.code)
        if "error" in found:
            return found["error"]
        coupon, rewards = next(iter(found.items()))
        order._apply_program_reward(rewards[:1], coupon)
        self._new_transaction()
        return None
