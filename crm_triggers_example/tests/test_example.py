from ast import literal_eval

from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..hooks import _get_installer, post_init_hook
from .common import MODULE, ExampleCommon


@tagged("post_install", "-at_install")
class TestExample(ExampleCommon):
    """K62: an example process that does not affect other records."""

    def test_k62_rules_are_live_and_handed_over(self):
        """Fails without ``action_activate`` or ``user_id`` in ``post_init_hook``."""
        self.assertEqual(len(self.rules), 20)
        self.assertEqual(self.installed_states, {"live"})
        self.assertEqual(self.rules.user_id, self.admin)
        self.assertFalse(self.rules.company_id)

    def test_k62_it_is_installed_in_the_language_of_who_installs_it(self):
        """Odoo keeps names of templates, and what it notes of a change, in one language. Fails without ``lang``
        in ``post_init_hook``."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("base.user_admin").lang = "fr_FR"
        self.rules.action_draft()
        self.env.flush_all()
        self.env.cr.precommit.run()
        post_init_hook(self.env)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(self._get("contract_template").name, "Maintenance annuelle (exemple)")
        changes = self.rules.message_ids.tracking_value_ids.mapped("new_value_char")
        self.assertIn("Actif", changes)

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

    def test_draft_that_nobody_sent_does_not_expire(self):
        """The customer was told until when a quotation is valid that he never got. Fails without its state."""
        draft, sent, lost = self._create_quotations(3)
        (sent | lost).action_quotation_sent()
        lost.opportunity_id.action_set_lost()

        self._run_until("2026-02-18 09:00")

        mailed = self._get_executions(draft | sent | lost, self._get("rule_expires"))
        self.assertEqual(mailed.filtered(lambda line: line.state == "done").mapped("res_id"), sent.ids)

    def test_quotation_of_a_lost_opportunity_is_not_followed_up(self):
        """Fails without "stop when"."""
        (order,) = self._create_quotations(1)
        order.action_quotation_sent()
        self._run_until("2026-02-03 09:00")
        order.opportunity_id.action_set_lost()

        self._run_until("2026-02-27 09:00")

        self.assertNotIn("done", self._get_executions(order, self._get("rule_followup")).mapped("state"))

    def test_renewal_that_was_lost_is_not_asked_for_again(self):
        """Fails without "stop when" of the contract's rule."""
        contract = self.env["contract.contract"].create(
            {
                "name": "Maintenance",
                "partner_id": self.partner.id,
                "user_id": self.sam.id,
                "contract_template_id": self._get("contract_template").id,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "name": "Maintenance",
                            "price_unit": 240,
                            "date_start": "2025-05-01",
                            "recurring_next_date": "2026-05-01",
                            "date_end": "2026-04-30",
                        }
                    )
                ],
            }
        )
        self._run_until("2026-03-02 09:00")
        renewal = self.env["crm.lead"].search([("renewed_contract_id", "=", contract.id)])
        renewal.action_set_lost()

        self._run_until("2026-04-01 09:00")

        self.assertEqual(len(renewal), 1)
        self.assertNotIn("done", self._get_executions(contract, self._get("rule_contract_30")).mapped("state"))
        self.assertFalse(self._open(contract, "crm_triggers_example.mail_activity_type_renewal"))

    def _create_quotations(self, count):
        leads = self.env["crm.lead"].create(
            [
                {"name": "Ovens", "type": "opportunity", "team_id": self.example_team.id, "partner_id": self.partner.id}
                for _number in range(count)
            ]
        )
        orders = [
            self._create_order(opportunity_id=lead.id, team_id=self.example_team.id, validity_date="2026-02-20")
            for lead in leads
        ]
        self._new_transaction()
        return self.env["sale.order"].browse([order.id for order in orders])

    def test_update_puts_right_what_is_as_it_was_installed(self):
        """Fails without the script; what the owner wrote himself stays."""
        expires, followup, contract = map(self._get, ("rule_expires", "rule_followup", "rule_contract_30"))
        now = [(rule.filter_domain, rule.stop_domain) for rule in (expires, followup, contract)]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_trigger_rule SET stop_domain = NULL, filter_domain = replace(filter_domain, %s, '')"
            " WHERE id IN %s",
            ["('state', '=', 'sent'), ", (expires.id, contract.id)],
        )
        self.env.cr.execute("UPDATE crm_trigger_rule SET stop_domain = '[]' WHERE id = %s", [followup.id])

        path = file_path("crm_triggers_example/migrations/19.0.1.1.0/post-told-too-much.py")
        load_script(path, "crm_triggers_example_post_migration").migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

        self.assertEqual((expires.filter_domain, expires.stop_domain), now[0])
        self.assertEqual(contract.stop_domain, now[2][1])
        self.assertEqual(followup.stop_domain, "[]")

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
