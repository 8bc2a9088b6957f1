from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTourRuleForm(HttpCase):
    """The form in a browser, as a sales manager without administrator rights."""

    def test_manager_makes_a_rule_from_a_preset_and_switches_it_on(self):
        """Fails when the picker, the cards or the sentence do not follow what is chosen."""
        self.env["crm.stage"].create({"name": "Offer", "sequence": 2})
        new_test_user(self.env, "crm_triggers_tour", "base.group_user,sales_team.group_sale_manager")

        self.start_tour("/odoo/crm-triggers/new", "crm_triggers_rule_form", login="crm_triggers_tour", timeout=120)

        rule = self.env["crm.trigger.rule"].search([("name", "=", "Opportunity reaches a stage")])
        self.assertEqual((rule.state, rule.model_name, rule.trigger), ("live", "crm.lead", "match"))
        self.assertEqual(rule.step_ids.mapped("kind"), ["activity", "note"])
        self.assertEqual(rule.step_ids.mapped("delay_count"), [0, 1])
