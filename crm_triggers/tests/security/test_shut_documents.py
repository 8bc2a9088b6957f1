from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..document_case import DocumentCase

STEPS = (
    {"kind": "confirm", "name": "Confirm"},
    {"kind": "discount", "name": "Discount", "discount_percent": 100, "discount_lines": "all"},
    {"kind": "down_payment", "name": "Down payment", "down_payment_percent": 30},
    {"kind": "send", "name": "Send"},
)


@tagged("post_install", "-at_install")
class TestShutDocuments(DocumentCase):
    """Promise 8: what rules do to quotations requires the right to do it manually."""

    def test_who_may_not_change_quotations_makes_no_rule_that_does(self):
        """Somebody who makes rules and only reads quotations. Fails without ``_check_manager_may`` in
        ``crm.trigger.step.document.mixin``."""
        clerk = self._create_user("clerk", "base.group_user,crm_triggers.crm_triggers_group_manager")
        self.env["ir.model.access"].create(
            {
                "name": "read",
                "model_id": self.env.ref("sale.model_sale_order").id,
                "group_id": self.env.ref("crm_triggers.crm_triggers_group_manager").id,
                "perm_read": True,
            }
        )
        for step in STEPS:
            with self.subTest(step["kind"]), self.assertRaises(AccessError):
                self._create_rule("manual", [step], model="sale.order", user=clerk)
        rule = self._create_rule("manual", list(STEPS), model="sale.order", activate=False)
        changes = {"confirm_expired": True, "discount_percent": 50, "down_payment_percent": 100}
        for step, (name, value) in zip(rule.step_ids, changes.items(), strict=False):
            with self.subTest(name), self.assertRaises(AccessError):
                step.with_user(clerk)[name] = value

    def test_salesperson_other_company_and_portal_change_none(self):
        rule = self._create_rule("manual", list(STEPS), model="sale.order", activate=False)
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        for user in (portal, self.sam, self.zoe):
            for step in rule.step_ids:
                with self.subTest(user=user.login, kind=step.kind), self.assertRaises(AccessError):
                    step.with_user(user).name = "x"
