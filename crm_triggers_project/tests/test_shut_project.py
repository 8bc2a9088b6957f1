from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestShutProject(DocumentCase):
    """Promise 8: rules create tasks where their manager could, and name projects only to users who may read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("project.group_project_manager")
        secret = {"name": "Merger", "privacy_visibility": "followers"}
        cls.project = cls.env["project.project"].create({**secret, "user_id": cls.admin.id})
        cls.task = {"kind": "task", "name": "Task", "task_project_id": cls.project.id, "task_title": "Prepare"}

    def test_project_that_one_may_not_read_is_not_chosen(self):
        """Fails without ``check_access`` in ``_check_manager_may``."""
        user = self._create_user("max", "base.group_user,sales_team.group_sale_manager,project.group_project_user")
        self.assertFalse(self.project.with_user(user).has_access("read"))
        with self.assertRaises(AccessError):
            self._create_rule("manual", [self.task], user=user)
        rule = self._create_rule("manual", [self.task], activate=False)
        with self.assertRaises(AccessError):
            rule.step_ids.with_user(user).task_project_id = self.project

    def test_project_is_named_to_who_may_read_it_only(self):
        """In the words of the step and the rule, on the form, in the log."""
        rule = self._create_rule("manual", [self.task], model="sale.order")
        order = self._create_order()
        rule.enroll(order)
        self._run_worker()
        user = self._create_user("max", "base.group_user,sales_team.group_sale_manager")
        clerk = self._create_user("clerk", "base.group_user,crm_triggers.crm_triggers_group_user")
        for reader in (self.sam, user, clerk):
            self.env.invalidate_all()
            mine = rule.with_user(reader)
            with self.subTest(reader.login):
                self.assertNotIn("Merger", mine.sentence)
                self.assertNotIn("Merger", mine.step_ids.phrase)
        for reader in (self.sam, user):
            timeline = order.with_user(reader).crm_trigger_timeline()
            with self.subTest(reader.login):
                self.assertNotIn("Merger", str(timeline))
        self.env.invalidate_all()
        self.assertIn("Merger", rule.with_user(self.manager).sentence)

    def test_salesperson_and_other_company_change_no_step(self):
        rule = self._create_rule("manual", [self.task], activate=False)
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        for user in (portal, self.sam, self.zoe):
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.step_ids.with_user(user).task_title = "x"
