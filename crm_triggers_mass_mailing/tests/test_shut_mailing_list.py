from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestShutMailingList(DocumentCase):
    """Promise 8: rules on mailing lists require the right to change them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls.env["mailing.list"].create({"name": "Newsletter", "is_public": False})
        cls.change = {"kind": "mailing_list", "name": "List", "mailing_list_id": cls.list.id}

    def test_rule_on_lists_is_read_by_who_reads_no_lists(self):
        """It is not hidden by the name of a list, nor shows it. Fails without ``_filtered_access`` in the phrase."""
        self.manager.group_ids += self.env.ref("mass_mailing.group_mass_mailing_user")
        rule = self._create_rule("manual", [self.change], activate=False)
        self.assertFalse(self.list.with_user(self.sam).has_access("read"))
        self.env.invalidate_all()

        self.assertTrue(rule.with_user(self.sam).sentence)
        self.assertNotIn("Newsletter", rule.with_user(self.sam).sentence)

    def test_who_has_no_email_marketing_changes_no_such_step(self):
        """Nor points it at another list. Fails without ``_check_manager_may``."""
        rule = self._create_rule("manual", [self.change], activate=False, user=self.admin)
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        for user in (portal, self.sam, self.zoe, self.manager):
            for values in ({"mailing_list_move": "remove"}, {"mailing_list_id": self.list.copy().id}):
                with self.subTest(user=user.login, values=values), self.assertRaises(AccessError):
                    rule.step_ids.with_user(user).write(values)
