from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRightsBounds(CrmTriggersCommon):
    """Promise 8, from the attacker's side: detours to what they may not do or read manually."""

    def test_manager_cannot_give_an_expression_to_a_step_that_computes_its_value(self):
        """Fails without ``evaluation_type`` in ``given``: the value would run as the system."""
        rule = self._rule_on_offer([self._update("description", "record.name")], user=self.admin)
        rule.step_ids.with_user(self.admin).evaluation_type = "equation"

        with self.assertRaises(AccessError):
            rule.step_ids.with_user(self.manager).value = "env['ir.config_parameter'].get_param('database.secret')"

    def test_manager_cannot_enroll_into_a_scenario_he_cannot_see(self):
        """Fails without ``check_access`` on the scenario."""
        scenario = self._create_rule("manual", model="res.partner", user=self.admin)
        scenario.company_id = self.company_b
        step = {"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id}

        with self.assertRaises(AccessError):
            self._create_rule("create", [step], model="res.partner")

    def test_who_copies_a_step_learns_nothing_of_its_server_action(self):
        """Anybody may call ``copy_data`` from outside. Fails when it reads as the system for all."""
        secret = self._code("secret = 'https://hook.example.com/token'")
        rule = self._rule_on_offer([secret, self._task()], user=self.admin)
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")

        for user in (portal, self.sam, self.manager):
            with self.subTest(user.name), self.assertRaises(AccessError):
                rule.step_ids[0].with_user(user).copy_data()
        with self.assertRaises(AccessError):
            rule.step_ids[1].with_user(portal).copy_data()
        self.assertIn("token", str(rule.step_ids[0].with_user(self.admin).copy_data()))

    def test_manager_cannot_make_rules_for_records_he_cannot_read(self):
        """A rule that fires would reveal the parameter."""
        step = self._note()

        with self.assertRaises(ValidationError):
            self._create_rule(
                "create", [step], model="ir.config_parameter", filter_domain=[("value", "=like", "a%")], activate=False
            )

    def test_manager_cannot_ask_for_fields_he_cannot_read(self):
        secret = [("message_ids.mail_server_id.smtp_pass", "=like", "a%")]
        for fname in ("filter_domain", "filter_pre_domain", "stop_domain", "exclude_domain"):
            with self.subTest(field=fname), self.assertRaises(ValidationError):
                self._rule_on_offer(activate=False).with_user(self.manager)[fname] = str(secret)

    def test_manager_cannot_ask_for_fields_he_cannot_read_in_a_step(self):
        secret = str([("message_ids.mail_server_id.smtp_pass", "=like", "a%")])

        with self.assertRaises(ValidationError):
            self._rule_on_offer([self._task(filter_domain=secret)], activate=False)

    def test_administrator_asks_for_what_he_may_read(self):
        secret = [("message_ids.mail_server_id.smtp_pass", "=like", "a%")]

        self.assertTrue(self._create_rule("create", filter_domain=secret, user=self.admin))

    def test_run_on_a_shared_contact_belongs_to_the_company_of_its_rule(self):
        """K22. The contact has no company, but what Paris does with it does not concern Lyon."""
        self._create_rule("create", model="res.partner")
        partner = self.env["res.partner"].create({"name": "Shared", "company_id": False})
        self._new_transaction()

        lines = self._get_runs(partner), self._get_executions(partner)

        self.assertEqual([line.company_id for line in lines], [self.company] * 2)
        for line in lines:
            self.assertFalse(line.with_user(self.zoe).search([("id", "=", line.id)]))

    def test_whoever_reads_an_invoice_reads_all_its_fields(self):
        """Fails without ``groups`` on ``crm_trigger_count``."""
        clerk = new_test_user(self.env, "crm_triggers_billing", groups="account.group_account_invoice")
        move = self.env["account.move"].create({"move_type": "entry"})

        self.assertTrue(move.with_user(clerk).read())

    def test_server_action_of_a_step_is_neither_read_nor_searched_through_the_step(self):
        """A step delegates to it, its fields are the administrator's all the same."""
        secret = self._code("secret = 'https://hook.example.com/token'")
        step = self._rule_on_offer([secret], user=self.admin).step_ids

        for user in (self.sam, self.manager):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    step.with_user(user).read(["code"])
                with self.assertRaises(AccessError):
                    step.with_user(user).search([("code", "ilike", "token")])
                with self.assertRaises(AccessError):
                    step.with_user(user).search([("action_id.code", "ilike", "token")])

    def test_manager_cannot_widen_what_the_code_of_an_administrator_runs_on(self):
        """Fails without ``REACH_FIELDS`` in ``_check_may_write``."""
        rule = self._rule_on_offer([self._code("record.name")], user=self.admin).with_user(self.manager)

        for values in ({"hear_own": True}, {"keep_matching": False}):
            with self.subTest(values), self.assertRaises(AccessError):
                rule.write(values)
        self._rule_on_offer().with_user(self.manager).write({"hear_own": True, "keep_matching": False})
