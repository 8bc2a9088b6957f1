from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ...engine.triggers import declarers
from ..common import CrmTriggersCommon

SECTIONS = ("An example", "How often", "If late", "Nothing happened?")


@tagged("post_install", "-at_install")
class TestHelp(CrmTriggersCommon):
    """Pages of help on screen, one for each family of triggers (K61)."""

    def _get_pages(self, **values):
        return (
            self.env["crm.trigger.help"]
            .with_user(self.sam)
            .search([(key, "=", value) for key, value in values.items()])
        )

    def test_each_trigger_has_a_page_of_its_own(self):
        """K61. Fails without any of them in ``crm_trigger_help_data.xml``."""
        triggers = dict(self.env["crm.trigger.rule"]._fields["trigger"].selection)
        own = {kind for kind in triggers if declarers(kind, {"crm_triggers"})}

        self.assertEqual(set(self._get_pages(model_names=False).mapped("trigger")), {False, *own})

    def test_page_says_what_one_asks(self):
        """K61: an example, how often, what is late, and where to look when nothing happened."""
        for page in self.env["crm.trigger.help"].search([("trigger", "!=", False)]):
            titles = [title.text for title in html.fromstring(f"<div>{page.body}</div>").iter("h4")]
            with self.subTest(page=page.name):
                self.assertFalse(set(SECTIONS) - set(titles))
                self.assertTrue({"What it does not detect", "Records that do not enter"} & set(titles))

    def test_general_page_comes_first(self):
        """It is what opens as long as nothing was chosen."""
        first = self.env["crm.trigger.help"].search([], limit=1)

        self.assertEqual((first.trigger, first.model_names), (False, False))

    def test_page_is_translated_paragraph_by_paragraph(self):
        """K61, in French."""
        self.env["res.lang"]._activate_lang("fr_FR")
        page = self.env.ref("crm_triggers.help_date")
        page.update_field_translations("body", {"fr_FR": {"If the date moves": "Si la date change"}})

        self.assertIn("<h4>Si la date change</h4>", page.with_context(lang="fr_FR").body)
        self.assertIn("<h4>If the date moves</h4>", page.body)

    def test_each_page_leads_to_the_guide_in_the_language_of_the_reader(self):
        """K61. The pages themselves are looked for by the tools (``./dev lint``)."""
        self.env["res.lang"]._activate_lang("fr_BE")
        page = self._get_pages(trigger="date", model_names=False)

        self.assertTrue(page.guide_url.endswith("/docs/user/delays.md"))
        self.assertTrue(page.with_context(lang="fr_BE").guide_url.endswith("/docs/fr/delays.md"))
        self.assertTrue(all(self.env["crm.trigger.help"].search([]).mapped("guide")))

    def test_salespeople_read_and_administrators_write(self):
        """Promise 8."""
        page = self._get_pages(trigger="date", model_names=False)

        self.assertIn("reminder", page.body)
        for user in (self.sam, self.manager):
            with self.assertRaises(AccessError):
                page.with_user(user).write({"name": "Mine"})

    def test_page_about_a_model_is_data_alone(self):
        """What an add-on brings: no Python. See ``docs/extending.md``."""
        page = self.env["crm.trigger.help"].create(
            {"name": "Contacts", "trigger": "create", "model_names": "res.partner", "body": "<p>About contacts</p>"}
        )

        self.assertIn(page, self._get_pages(trigger="create"))


@tagged("post_install", "-at_install")
class TestTourHelp(HttpCase, CrmTriggersCommon):
    def test_tour_help(self):
        """K61: from the form, before and after something was chosen."""
        rule = self._create_rule("date", date="date_deadline", name="Closing soon", activate=False)
        self.env.flush_all()

        self.start_tour(f"/odoo/crm-triggers/{rule.id}", "crm_triggers_help", login=self.manager.login)
