from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestShutQuotation(DocumentCase):
    """Promise 8: rules that create quotations require the right to create them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["sale.order.template"].create({"name": "Office"})
        cls.quotation = {"kind": "quotation", "name": "Quotation", "quotation_template_id": cls.template.id}

    def test_who_may_make_no_quotations_makes_no_rule_that_does(self):
        """A user who creates rules and reads opportunities, without sales rights. Fails without
        ``_check_manager_may``.
        """
        clerk = self._create_user("clerk", "base.group_user,crm_triggers.crm_triggers_group_manager")
        model = self.env.ref("crm.model_crm_lead")
        self.env["ir.model.access"].create(
            {
                "name": "leads",
                "model_id": model.id,
                "group_id": self.env.ref("crm_triggers.crm_triggers_group_manager").id,
                "perm_read": True,
            }
        )
        with self.assertRaises(AccessError):
            self._create_rule("manual", [self.quotation], user=clerk)
        rule = self._create_rule("manual", [self.quotation], activate=False)
        with self.assertRaises(AccessError):
            rule.step_ids.with_user(clerk).quotation_then = "sent"
        rule.step_ids.with_user(self.manager).quotation_then = "sent"

    def test_salesperson_and_other_company_change_no_quotation_step(self):
        rule = self._create_rule("manual", [self.quotation], activate=False)
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        for user in (portal, self.sam, self.zoe):
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.step_ids.with_user(user).quotation_beside = True

    def test_sentence_is_read_by_who_reads_no_templates(self):
        rule = self._create_rule("manual", [self.quotation], activate=False)
        clerk = self._create_user("clerk", "base.group_user,crm_triggers.crm_triggers_group_user")
        for user in (self.sam, clerk):
            self.env.invalidate_all()
            self.assertTrue(rule.with_user(user).sentence, user.login)
