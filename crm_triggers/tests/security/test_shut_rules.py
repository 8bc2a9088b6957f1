from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestShutRules(CrmTriggersCommon):
    """Promise 8: rules are activated by their buttons, and act where their creator works."""

    def test_manager_moves_no_rule_to_a_company_he_does_not_work_in(self):
        """Fails without ``_check_own_company``: Odoo checks the company before the change."""
        rule = self._rule_on_offer().with_user(self.manager)

        with self.assertRaises(ValidationError):
            rule.company_id = self.company_b
        with self.assertRaises(AccessError):
            rule.copy({"company_id": self.company_b.id})
        self.manager.company_ids += self.company_b
        rule.company_id = self.company_b

    def test_rule_is_not_born_live_by_defaults_of_the_context(self):
        """Fails without the context without ``BUTTON_FIELDS`` in ``create``."""
        context = {"default_state": "live", "default_activated_at": "2000-01-01", "default_above_id": -1}
        rules = self.env["crm.trigger.rule"].with_user(self.manager).with_context(**context)

        rule = rules.create({"name": "R", "model_id": self.env["ir.model"]._get_id("crm.lead")})

        self.assertEqual((rule.state, rule.activated_at, rule.above_id), ("draft", False, 0))

    def test_values_of_buttons_are_nobodys(self):
        rule = self._rule_on_offer().with_user(self.manager)
        for values in ({"state": "draft"}, {"activated_at": "2000-01-01"}, {"above_id": 0}, {"backlog_size": 5}):
            with self.subTest(values), self.assertRaises(AccessError):
                rule.write(values)
        with self.assertRaises(AccessError):
            rule.create({"name": "R", "model_id": rule.model_id.id, "is_template": True, "active": False})

    def test_who_may_not_switch_on_a_rule_is_told_nothing_of_it(self):
        """Fails without the first line of ``_activate``: what is wrong with it names its steps."""
        rule = self._create_rule(activate=False)
        rule.step_ids.unlink()
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        for user in (portal, self.sam, self.zoe):
            for button in ("action_activate", "action_test", "action_switch_on"):
                with self.subTest(user=user.login, button=button), self.assertRaises(AccessError):
                    getattr(rule.with_user(user), button)()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                dialog = self.env["crm.trigger.activation"].with_user(user).create({"rule_id": rule.id})
                dialog.action_switch_on()
        with self.assertRaises(UserError):
            rule.with_user(self.manager).action_activate()

    def test_manager_chooses_no_date_that_he_may_not_read(self):
        """Fails without ``_has_field_access`` in ``_check_date``: a rule that fires would reveal it."""
        field = self.env["crm.lead"]._fields["date_deadline"]
        self.patch(field, "groups", "base.group_system")
        with self.assertRaises(ValidationError):
            self._create_rule("date", date="date_deadline", activate=False)
        rule = self._create_rule("date", date="date_deadline", user=self.admin)
        lead = self._create_lead()
        lead.sudo().date_deadline = "2026-05-05"

        self.assertNotIn("05/05", str(rule.with_user(self.sam).explain(lead.id)))
        self.assertIn("05/05", str(rule.with_user(self.admin).explain(lead.id)))

    def test_outsiders_find_nothing(self):
        """Users who are no salespeople: on each of our models, by each kind of access."""
        self._rule_on_offer()
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        employee = new_test_user(self.env, "crm_triggers_clerk", groups="base.group_user")
        names = [
            name for name, model in self.env.registry.items() if name.startswith("crm.trigger.") and not model._abstract
        ]
        self.assertGreater(len(names), 10)
        for user in (portal, employee):
            for name in names:
                model = self.env[name].with_user(user)
                for look in (
                    lambda model=model: model.search_read([], ["id"]),
                    lambda model=model: model.search_count([("id", ">", 0)]),
                    lambda model=model: model.formatted_read_group([], [], ["__count"]),
                    lambda model=model: model.web_search_read([], {"display_name": {}}),
                    lambda model=model: model.name_search(""),
                    lambda model=model: model.onchange({}, [], {"display_name": {}}),
                    lambda model=model: model.create({}),
                ):
                    with self.subTest(user=user.login, model=name), self.assertRaises(AccessError):
                        look()

    def test_notes_of_the_engine_are_the_administrators(self):
        names = ("heard", "seen", "pause", "attempt", "backlog", "turn", "edition")
        for user in (self.sam, self.manager):
            for name in names:
                model = self.env[f"crm.trigger.{name}"].with_user(user)
                with self.subTest(user=user.login, model=name):
                    for look in (lambda model=model: model.search([]), lambda model=model: model.create({})):
                        with self.assertRaises(AccessError):
                            look()

    def test_settings_are_the_administrators(self):
        for user in (self.sam, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["res.config.settings"].with_user(user).create({"crm_triggers_retention_days": 1}).execute()
