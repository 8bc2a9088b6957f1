from unittest.mock import patch

from odoo.addons.crm_triggers.tests.common import CrmTriggersCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStepKind(CrmTriggersCommon):
    """An add-on's kind of step, as in the documentation."""

    def _follow(self, **vals):
        return {"kind": "followers", "partner_ids": [Command.set(self.anna.partner_id.ids)], **vals}

    def setUp(self):
        super().setUp()
        self.anna = self._create_user("anna", "sales_team.group_sale_salesman")

    def test_manager_makes_it_and_a_batch_is_carried_out(self):
        """The one that she follows already is skipped. Fails without ``declare``."""
        rule = self._rule_on_offer([self._follow()])
        leads = self._create_leads(3)
        leads[0].message_subscribe(self.anna.partner_id.ids)
        self._drag(leads, self.stage_offer)
        model, batches = self.registry["crm.trigger.step"], []
        act_origin = model._act_followers

        def act(step, executions):
            batches.append(len(executions))
            return act_origin(step, executions)

        with patch.object(model, "_act_followers", act):
            self._run_worker()

        self.assertEqual(batches, [3])
        self.assertTrue(all(self.anna.partner_id in lead.message_partner_ids for lead in leads))
        self.assertExecutions(leads[0], [("Add followers", "skipped", "already")])
        self.assertExecutions(leads[1:], [("Add followers", "done")] * 2)
        self.assertEqual(rule.step_ids.state, "followers")

    def test_it_is_offered_with_its_sign_and_its_minutes(self):
        step = self._rule_on_offer([self._follow()]).step_ids
        menu = self.env["crm.trigger.step"].with_user(self.manager)._get_kind_menu("crm.lead")
        offered = {choice["value"]: group["label"] for group in menu for choice in group["choices"]}

        self.assertEqual(offered["followers"], offered["note"])
        self.assertEqual((step.icon, step.minutes), ("fa-users", 1))

    def test_it_is_explained_where_rules_are(self):
        rule = self._rule_on_offer([self._follow()])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        line = lead.with_user(self.sam).crm_trigger_timeline()["planned"][0]["lines"][0]

        self.assertEqual(rule.step_ids.phrase, f"add {self.anna.name} as followers")
        self.assertIn(f"add {self.anna.name} as followers", rule.sentence)
        self.assertEqual((line["name"], line["icon"]), ("Add followers", "fa-users"))

    def test_phrase_follows_what_a_person_chooses(self):
        """While it is being edited. Fails without the fields of the declaration in ``depends``."""
        step = self._rule_on_offer([self._follow()], activate=False).step_ids
        step = step.new(origin=step)
        self.assertEqual(step.phrase, f"add {self.anna.name} as followers")
        step.partner_ids = False
        self.assertEqual(step.phrase, "add … as followers")

    def test_without_followers_the_rule_is_not_switched_on(self):
        rule = self._rule_on_offer([self._follow(partner_ids=False)], activate=False)
        with self.assertRaisesRegex(UserError, "step “Add followers”: choose the followers"):
            rule.action_activate()

    def test_manager_sets_what_is_declared_and_no_more(self):
        with self.assertRaises(AccessError):
            self._rule_on_offer([self._follow(followers_partner_field_name="partner_id")])
