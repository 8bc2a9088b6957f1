from odoo.tests import HttpCase, tagged

from ..common import CrmTriggersCommon

FACE = "o_view_nocontent_smiling_face"
GALLERY = 'name="crm_triggers.crm_trigger_gallery_action"'
HELP = 'name="crm_triggers.crm_trigger_help_action'


@tagged("post_install", "-at_install")
class TestFirstSteps(CrmTriggersCommon):
    """What one sees where there is nothing yet teaches, and leads on (issue 4)."""

    def _get_helps(self, user):
        """Return ``{name: text for an empty page}`` of all pages of the menu of triggers."""
        actions = self.env["ir.actions.act_window"].with_user(user)
        found = [menu.action for menu in self.env.ref("crm_triggers.crm_trigger_menu").child_id]
        xmlids = [action.xml_id for action in found if action._name == actions._name]
        return {xmlid.partition(".")[2]: actions._for_xml_id(xmlid)["help"] for xmlid in xmlids}

    def test_each_empty_page_leads_a_manager_to_the_ready_rules(self):
        """Fails without the buttons in the help of the actions, or ``get_empty_list_help`` of the log."""
        helps = self._get_helps(self.manager)

        self.assertGreaterEqual(len(helps), 6)
        for name, text in helps.items():
            with self.subTest(name):
                self.assertIn(FACE, text)
                self.assertIn(HELP, text)
                self.assertIn('href="/odoo/crm-triggers/new"' if "gallery" in name else GALLERY, text)

    def test_salesperson_is_led_to_the_help_only(self):
        """Promise 8: they see the log, not the templates."""
        helps = self._get_helps(self.sam)

        for name in ("crm_trigger_run_action", "crm_trigger_execution_action", "crm_trigger_execution_action_planned"):
            self.assertIn(HELP, helps[name])
            self.assertNotIn(GALLERY, helps[name])

    def test_stage_without_rules_is_called_by_its_name(self):
        self.stage_offer.name = "Offer <now>"
        action = self.env["crm.trigger.rule"].with_user(self.manager).action_view_of_stage(self.stage_offer.id)

        self.assertIn(FACE, action["help"])
        self.assertIn("Offer &lt;now&gt;", action["help"])


@tagged("post_install", "-at_install")
class TestTourFirstSteps(HttpCase, CrmTriggersCommon):
    """A new manager without any rule, in a browser."""

    def setUp(self):
        super().setUp()
        self.env["crm.trigger.rule"].search([]).action_archive()
        self.lead = self._create_lead()
        self.lead.sudo().user_id = self.manager
        self.env.flush_all()

    def test_tour_from_nothing_to_the_gallery_in_one_click(self):
        """From each page: rules, scenarios, log, calendar, and from a record."""
        self.start_tour("/odoo/crm-triggers", "crm_triggers_first_steps", login=self.manager.login)

    def test_tour_from_a_record(self):
        self.start_tour(f"/odoo/crm/{self.lead.id}", "crm_triggers_first_steps_record", login=self.manager.login)
