from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestShutSms(DocumentCase):
    """Promise 8: text messages cost money, and are rendered with superuser rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model_id = cls.env["ir.model"]._get_id("sale.order")
        cls.template = cls.env["sms.template"].create({"name": "Text", "model_id": model_id, "body": "Hello"})
        cls.text = {"kind": "sms", "name": "SMS", "sms_template_id": cls.template.id}

    def test_manager_writes_no_text_that_looks_around(self):
        """Odoo's own restriction, on which templates of rules rely."""
        self.assertFalse(self.manager.has_group("mail.group_mail_template_editor"))
        secret = "{{ object.env['ir.config_parameter'].get_param('database.secret') }}"
        for body in (secret, "{{ object.company_id.partner_id.bank_ids.acc_number }}"):
            for values in ({"model_id": self.template.model_id.id}, {}):
                with self.subTest(body, **values), self.assertRaises(AccessError):
                    if values:
                        self.env["sms.template"].with_user(self.manager).create({"name": "T", "body": body, **values})
                    else:
                        self.template.with_user(self.manager).body = body

    def test_salesperson_and_other_company_change_no_text(self):
        rule = self._create_rule("manual", [self.text], model="sale.order", activate=False)
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        for user in (portal, self.sam, self.zoe):
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.step_ids.with_user(user).sms_template_id = self.template.copy()

    def test_rule_is_read_by_who_reads_no_templates(self):
        rule = self._create_rule("manual", [self.text], model="sale.order", activate=False)
        clerk = self._create_user("clerk", "base.group_user,crm_triggers.crm_triggers_group_user")
        for user in (self.sam, clerk):
            self.env.invalidate_all()
            self.assertTrue(rule.with_user(user).sentence, user.login)
