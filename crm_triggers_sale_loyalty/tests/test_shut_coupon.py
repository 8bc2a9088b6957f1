from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestShutCoupon(DocumentCase):
    """Promise 8: coupons are money. Rules that give them require the right to create them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"program_type": "coupons"}
        cls.program, cls.other = cls.env["loyalty.program"].create(
            [{"name": "Come back", **values}, {"name": "Gift", **values}]
        )
        cls.coupon = {"kind": "coupon", "name": "Coupon", "coupon_program_id": cls.program.id, "coupon_days": 20}

    def test_who_may_give_no_coupons_makes_no_rule_that_does(self):
        """A user who creates rules, without sales rights. Fails without ``_check_manager_may``."""
        groups = "base.group_user,base.group_partner_manager,crm_triggers.crm_triggers_group_manager"
        clerk = self._create_user("clerk", groups)
        with self.assertRaises(AccessError):
            self._create_rule("manual", [self.coupon], model="res.partner", user=clerk)
        rule = self._create_rule("manual", [self._note()], model="res.partner", user=clerk, activate=False)
        with self.assertRaises(AccessError):
            rule.step_ids.with_user(clerk).write(self.coupon)
        rule = self._create_rule("manual", [self.coupon], model="res.partner", activate=False)
        for values in ({"coupon_days": 300}, {"coupon_program_id": self.other.id}):
            with self.subTest(values), self.assertRaises(AccessError):
                rule.step_ids.with_user(clerk).write(values)
        rule.step_ids.with_user(self.manager).coupon_days = 10

    def test_salesperson_and_other_company_change_no_coupon(self):
        rule = self._create_rule("manual", [self.coupon], model="res.partner", activate=False)
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        for user in (portal, self.sam, self.zoe):
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.step_ids.with_user(user).coupon_days = 366

    def test_portal_gains_one_coupon_however_often_he_answers(self):
        """Fails without ``having`` in ``_crm_trigger_give_coupons``."""
        order = self._create_taxed()
        steps = [self.coupon]
        self._create_rule("happening", steps, model="sale.order", happening="message_received")
        for _answer in range(3):
            order.message_post(
                body="More?", message_type="comment", subtype_xmlid="mail.mt_comment", author_id=self.partner.id
            )
            self._new_transaction()
            self._run_worker()

        self.assertEqual(self.env["loyalty.card"].search_count([("partner_id", "=", self.partner.id)]), 1)

    def test_coupon_of_somebody_else_is_not_read_by_outsiders(self):
        """The code is in the chatter of the record, which outsiders do not read."""
        order = self._create_taxed()
        self._run_step(self.coupon, order)
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        clerk = new_test_user(self.env, "crm_triggers_clerk", groups="base.group_user")
        code = self.program.coupon_ids.code
        for user in (portal, clerk):
            found = self.env["mail.message"].with_user(user).search([("body", "ilike", code)])
            self.assertFalse(found, user.login)
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.program.coupon_ids.with_user(user).read(["code"])

    def test_sentence_is_read_by_who_reads_no_programs(self):
        """A rule is not hidden from a salesperson by the name of a program, nor the program shown to outsiders."""
        rule = self._create_rule("manual", [self.coupon], model="res.partner", activate=False)
        clerk = self._create_user("clerk", "base.group_user,crm_triggers.crm_triggers_group_user")
        for user in (self.sam, clerk):
            self.env.invalidate_all()
            self.assertTrue(rule.with_user(user).sentence, user.login)
