from ast import literal_eval

from odoo.tests import tagged

from ..hooks import _get_installer
from .common import MODULE, ExampleCommon


@tagged("post_install", "-at_install")
class TestExample(ExampleCommon):
    """K62: an example process, and nobody else's records are touched by it."""

    def test_k62_rules_are_live_and_handed_over(self):
        """Fails without ``action_activate`` or ``user_id`` in ``post_init_hook``."""
        self.assertEqual(len(self.rules), 20)
        self.assertEqual(self.installed_states, {"live"})
        self.assertEqual(self.rules.user_id, self.admin)
        self.assertFalse(self.rules.company_id)

    def test_k62_every_rule_is_bound_to_the_team_or_its_contracts(self):
        """Fails when a rule of the data goes without."""
        bound = [
            ("team_id", "=", self.example_team.id),
            ("contract_template_id", "=", self._get("contract_template").id),
        ]
        for rule in self.rules:
            with self.subTest(rule.name):
                self.assertTrue(any(term in bound for term in literal_eval(rule.filter_domain)))

    def test_k62_every_rule_is_picked_by_its_words(self):
        """In plain words: what happens is a preset's, and the sentence names the team or template."""
        for rule in self.rules:
            with self.subTest(rule.name):
                self.assertTrue(rule.preset_id)
                self.assertTrue(rule._is_as_preset())
                self.assertRegex(rule.sentence, "Example process|Maintenance by the year")
                self.assertTrue(rule.description)
                self.assertIsNone(rule._get_calendar_problem() or None)

    def test_k62_other_teams_are_left_alone(self):
        """Their leads, quotations and orders start nothing. Fails without the team in the conditions."""
        lead = self._create_lead()
        order = self._create_order(opportunity_id=lead.id, team_id=self.team.id)
        order.action_quotation_sent()
        order.action_confirm()
        self.env["calendar.event"].create(
            {"name": "Visit", "start": "2026-02-03 09:00", "stop": "2026-02-03 10:00", "opportunity_id": lead.id}
        )
        lead.action_set_won()
        self._run_until("2026-03-30 09:00")

        self.assertFalse(self.env["crm.trigger.run"].search([("rule_id", "in", self.rules.ids)]))

    def test_k62_records_of_before_are_left_alone(self):
        """Promise 4: switching the rules on starts nothing."""
        self.rules.action_draft()
        self.env["crm.lead"].create({"name": "Old", "type": "opportunity", "team_id": self.example_team.id})
        self._new_transaction()
        self.rules.action_activate()
        self._run_until("2026-02-02 12:00")

        self.assertFalse(self.env["crm.trigger.run"].search([("rule_id", "in", self.rules.ids)]))

    def test_pipeline_has_its_own_stages_only(self):
        """And so have leads that are new or won. Fails without the overrides of ``crm.lead``."""
        own = self.env["crm.stage"].search([("team_ids", "in", self.example_team.ids)])
        self.assertEqual(len(own), 6)
        leads = self.env["crm.lead"].with_context(default_team_id=self.example_team.id, read_group_expand=True)
        groups = leads.web_read_group([("team_id", "=", self.example_team.id)], ["stage_id"])["groups"]
        self.assertEqual([group["stage_id"][0] for group in groups], own.ids)

        lead = leads.create({"name": "Mine", "type": "opportunity"})
        self.assertEqual(self._stage(lead), "new")
        lead.action_set_won()
        self.assertEqual(self._stage(lead), "won")

    def test_pipelines_of_others_have_none_of_its_stages(self):
        own = self.env["crm.stage"].search([("team_ids", "in", self.example_team.ids)])
        leads = self.env["crm.lead"].with_context(default_team_id=self.team.id, read_group_expand=True)
        groups = leads.web_read_group([("team_id", "=", self.team.id)], ["stage_id"])["groups"]

        self.assertFalse(own & own.browse(group["stage_id"][0] for group in groups))
        self.assertNotIn(self._create_lead(stage_id=False).stage_id, own)

    def test_who_clicked_gets_the_rules(self):
        """Fails without ``write_uid`` in ``_get_installer``."""
        module = self.env["ir.module.module"].search([("name", "=", MODULE)])
        boss = self._create_user("boss", "base.group_system")
        self.assertEqual(_get_installer(self.env), self.admin)  # from the command line it is nobody

        module.with_user(boss).icon = "/icon.png"
        self.env.flush_all()

        self.assertEqual(_get_installer(self.env), boss)

    def test_button_is_there_until_it_is_installed(self):
        """Fails without ``_get_view`` and ``get_empty_list_help`` of the gallery."""
        rules = self.env["crm.trigger.rule"].with_user(self.admin)
        gallery = self.env.ref("crm_triggers.crm_trigger_gallery_view_kanban")
        module = self.env["ir.module.module"].search([("name", "=", MODULE)])
        for state, shown in (("installed", False), ("uninstalled", True)):
            module.state = state
            self.env.registry.clear_cache("templates")
            with self.subTest(state):
                arch = rules.get_view(gallery.id, "kanban")["arch"]
                self.assertEqual("Install the example process" in arch, shown)
                self.assertEqual("crm_trigger_example_action" in rules.get_empty_list_help("Nothing"), shown)
        self.assertNotIn("crm_trigger_example", rules.with_user(self.manager).get_view(gallery.id, "kanban")["arch"])
        self.assertEqual(rules.with_user(self.manager).get_empty_list_help("Nothing"), "Nothing")

        module.dependencies_id[:1].name = "not_there"
        self.env.invalidate_all()
        self.assertFalse(rules._get_example_module())
