from ast import literal_eval
from importlib import import_module
from inspect import isclass, ismodule
from unittest.mock import patch

from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ...engine import domain as domain_engine
from ..common import CrmTriggersCommon
from ..gallery_case import GalleryCase

# Templates with conditions in addition to those of their preset.
CONDITIONAL = {"crm_triggers.template_customer_silent"}


@tagged("post_install", "-at_install")
class TestGallery(CrmTriggersCommon, MailCase):
    """Templates are inactive until a rule is created from them."""

    def _get_ready(self, name):
        return self.env.ref(f"crm_triggers.template_{name}").with_user(self.manager)

    def test_ready_rules_are_met_nowhere_but_in_the_gallery(self):
        """They are archived: lists, counts and saves leave them alone."""
        rules = self.env["crm.trigger.rule"]

        self.assertFalse(rules.search([("is_template", "=", True)]))
        self.assertFalse(rules.search([("state", "!=", "draft"), ("is_template", "=", True)]))
        self.assertGreaterEqual(rules.with_context(active_test=False).search_count([("is_template", "=", True)]), 10)

    def test_ready_rules_speak_sales_words(self):
        """They have a preset and no further conditions, unless these are their purpose.
        Fails without a ``preset_id``."""
        rules = self.env["crm.trigger.rule"].with_context(active_test=False)
        ours = set(rules.search([("is_template", "=", True)]).get_external_id().values())
        for name in sorted(name for name in ours if name.startswith("crm_triggers.")):
            with self.subTest(name=name):
                ready = self.env.ref(name)
                self.assertTrue(ready.preset_id or ready.trigger == "manual")
                self.assertEqual(", if" in ready.sentence, name in CONDITIONAL)

    def test_ready_rule_is_never_switched_on(self):
        """Fails without ``_check_template_rests``."""
        ready = self._get_ready("lead_call").sudo()

        for switch in (ready.action_activate, ready.action_test, ready.action_unarchive):
            with self.subTest(switch=switch.__name__), self.assertRaisesRegex(ValidationError, "is a template: use"):
                switch()

    def test_ready_rule_is_changed_by_administrators_only(self):
        """Others would find it changed. Fails without the record rules on ``is_template``."""
        ready = self._get_ready("lead_call")

        for change in (
            lambda: ready.write({"name": "Mine"}),
            lambda: ready.step_ids.write({"activity_summary": "Mine"}),
            lambda: ready.write({"step_ids": [Command.create(self._task())]}),
            lambda: ready.step_ids.unlink(),
            lambda: ready.unlink(),
        ):
            with self.assertRaises(AccessError):
                change()
        ready.with_user(self.admin).write({"name": "Call soon"})

    def test_use_makes_a_draft_of_ones_own_and_opens_it(self):
        """Complete: steps with their actions, in the company and for the current user."""
        ready = self._get_ready("quotation_followup")

        action = ready.action_use()

        rule = ready.browse(action["res_id"])
        self.assertEqual((action["res_model"], action["views"]), ("crm.trigger.rule", [(False, "form")]))
        self.assertRecordValues(
            rule,
            [
                {
                    "name": ready.name,
                    "state": "draft",
                    "active": True,
                    "is_template": False,
                    "company_id": self.company.id,
                    "user_id": self.manager.id,
                    "phase": "quotation",
                }
            ],
        )
        self.assertEqual(rule.step_lines, ready.step_lines)
        self.assertFalse(rule.step_ids.sudo().action_id & ready.step_ids.sudo().action_id)
        first, *_later = rule.step_ids.template_id
        self.assertEqual(first, self.env.ref("crm_triggers.mail_template_quotation_followup"))

    def test_use_counts_periods_from_today(self):
        """Not from the day the add-on was installed. Fails without ``recur_from`` in ``action_use``."""
        ready = self._get_ready("opportunity_next")
        ready.sudo().recur_from = "2027-01-01"

        self.assertEqual(str(ready.browse(ready.action_use()["res_id"]).recur_from), "2026-02-02")

    def test_ready_rules_ask_what_those_made_on_the_form_ask(self):
        """Of all add-ons: what the form begins with is among the conditions of the rule one gets, unless it says
        something else of the same field. Fails without ``_add_initial_conditions`` in ``action_use``."""
        rules = self.env["crm.trigger.rule"].with_context(active_test=False)
        ready = rules.search([("is_template", "=", True)])
        self.assertGreaterEqual(len(ready), 20)
        for one in ready:
            with self.subTest(name=one.name):
                rule = one.browse(one.action_use()["res_id"])
                conditions = domain_engine.conditions(rule._get_domain("filter_domain"))
                initial = literal_eval(rules._get_initial_conditions(one.model_name) or "[]")
                for path in {term[0] for term in initial}:
                    own = [term for term in conditions if term[0] == path]
                    self.assertTrue(own, path)
                self.assertEqual(one.preset_id, rule.preset_id)

    def test_use_adds_what_new_rules_ask(self):
        """A template's own condition on the same field is kept, whatever its operator; no duplicates."""
        ready = self._get_ready("quotation_followup").sudo()
        initial = '["|", ("origin", "=", False), ("origin", "!=", "Shop"), ("client_order_ref", "=", False)]'
        for own, expected in (
            ('[("state", "=", "sent")]', True),
            ("[]", True),
            (False, True),
            ('["|", ("state", "=", "sent"), ("validity_date", ">", context_today().isoformat())]', True),
            ('[("client_order_ref", "!=", False), ("state", "=", "sent")]', False),
        ):
            with (
                self.subTest(own=own),
                patch.object(self.env.registry["sale.order"], "_crm_trigger_initial_conditions", initial),
            ):
                ready.filter_domain = own
                rule = ready.browse(ready.action_use()["res_id"])
                found = domain_engine.terms(rule._get_domain("filter_domain"))
                before = domain_engine.terms(ready._get_domain("filter_domain"))
                either, reference = domain_engine.terms(literal_eval(initial))
                self.assertEqual(found, [either, *([reference] if expected else []), *before])
                rule._add_initial_conditions()
                self.assertEqual(domain_engine.terms(rule._get_domain("filter_domain")), found)

    def test_rules_of_before_say_what_new_ones_ask(self):
        """Promise 5: they are unchanged until a user adds the conditions."""
        rule = self._create_rule(model="account.move", filter_domain=[("state", "=", "posted")], activate=False)
        self.assertIn("Customer Invoice", rule.lacking_conditions)
        self.assertNotIn("Status", rule.lacking_conditions)

        rule.with_user(self.manager).action_add_initial_conditions()

        self.assertFalse(rule.lacking_conditions)
        self.assertEqual(rule.filter_domain, "[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]")
        with self.assertRaises(AccessError):
            rule.with_user(self.sam).action_add_initial_conditions()

    def test_each_ready_rule_is_followed_to_its_end(self):
        """From its first event to its last effect, by a test of its name; see ``GalleryCase``."""
        ready = self.env["crm.trigger.rule"].with_context(active_test=False).search([("is_template", "=", True)])
        xmlids = [xmlid for xmlid in ready.get_external_id().values() if xmlid.startswith("crm_triggers")]
        self.assertGreaterEqual(len(xmlids), 20)
        for module, name in (xmlid.split(".") for xmlid in xmlids):
            with self.subTest(module=module, name=name):
                test = f"test_{name.removeprefix('template_')}"
                self.assertTrue(any(hasattr(case, test) for case in _get_gallery_cases(module)), "nobody follows it")

    def test_use_keeps_names_in_every_language(self):
        """Fails without ``is_template`` in ``copy_data``."""
        self.env["res.lang"]._activate_lang("fr_FR")
        ready = self._get_ready("lead_call")
        ready.sudo().with_context(lang="fr_FR").name = "Nouvelle piste"
        ready.step_ids.sudo().with_context(lang="fr_FR").name = "Appeler"

        rule = ready.browse(ready.action_use()["res_id"])

        self.assertEqual(rule.name, "New lead: call within 24 hours")
        self.assertEqual(rule.with_context(lang="fr_FR").name, "Nouvelle piste")
        self.assertEqual(rule.step_ids.with_context(lang="fr_FR").name, "Appeler")

    def test_gallery_says_what_a_ready_rule_needs(self):
        self.assertEqual(self._get_ready("lead_call").template_needs, "CRM")
        self.assertEqual(self._get_ready("quotation_expiry").template_needs, "Sales · Quotation expires soon")
        self.assertEqual(self._get_ready("lead_call").step_lines, "Call within 24 hours · Immediately")

    def test_use_is_for_managers(self):
        """Promise 8."""
        with self.assertRaises(AccessError):
            self._get_ready("lead_call").with_user(self.sam).action_use()

    def test_removing_an_email_template_names_the_ready_rule(self):
        with self.assertRaisesRegex(Exception, "Quotation sent: three follow-ups"):
            self.env.ref("crm_triggers.mail_template_quotation_followup").unlink()


def _get_gallery_cases(module):
    """Return the test classes of an add-on that follow its ready rules."""
    tests = filter(ismodule, vars(import_module(f"odoo.addons.{module}.tests")).values())
    found = [value for one in tests for value in vars(one).values() if isclass(value)]
    return [case for case in found if issubclass(case, GalleryCase) and case.module == module]
