from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRightsCompany(CrmTriggersCommon):
    """Promise 8, K22: companies do not see each other. Zoe manages sales in Lyon, everything
    here belongs to Paris."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe.group_ids += cls.env.ref("sales_team.group_sale_manager")

    def _own(self):
        """Return a record of Paris of each stored model of ours."""
        rule = self._create_rule("manual", [self._task()])
        lead = self._create_lead()
        rule.enroll(lead)
        self._run_worker()
        found = {
            "crm.trigger.rule": rule,
            "crm.trigger.step": rule.step_ids,
            "crm.trigger.run": self._get_runs(lead),
            "crm.trigger.execution": self._get_executions(lead),
        }
        ours = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("crm.trigger.") and not model._abstract and not model._transient
        }
        self.assertLessEqual(set(found), ours)
        return found

    def test_each_model_has_a_rule_for_companies(self):
        """Also those of add-ons, if their records belong to a company."""
        for name, model in self.env.registry.items():
            if not name.startswith("crm.trigger.") or model._abstract or model._transient:
                continue
            if "company_id" in model._fields or "rule_id" in model._fields:
                rules = self.env["ir.rule"].search([("model_id.model", "=", name), ("groups", "=", False)])
                self.assertTrue([rule for rule in rules if "company" in rule.domain_force], name)

    def test_each_wizard_is_for_who_opened_it(self):
        """Odoo 19 has no rule of its own for them any more."""
        for name, model in self.env.registry.items():
            if name.startswith("crm.trigger.") and model._transient:
                rules = self.env["ir.rule"].search([("model_id.model", "=", name), ("groups", "=", False)])
                self.assertTrue([rule for rule in rules if "create_uid" in rule.domain_force], name)

    def test_other_company_finds_and_reads_nothing(self):
        for name, records in self._own().items():
            with self.subTest(model=name):
                self.assertTrue(records.with_user(self.manager).read(["display_name"]))
                theirs = records.with_user(self.zoe)
                self.assertFalse(theirs.search([("id", "in", records.ids)]))
                self.assertEqual(theirs._read_group([("id", "in", records.ids)], [], ["__count"]), [(0,)])
                self.assertFalse(theirs.name_search("", domain=[("id", "in", records.ids)]))
                self.assertFalse(theirs.search_fetch([("id", "in", records.ids)], ["display_name"]))
                with self.assertRaises(AccessError):
                    theirs.read(["display_name"])

    def test_other_company_changes_and_deletes_nothing(self):
        for name, records in self._own().items():
            with self.subTest(model=name):
                theirs = records.with_user(self.zoe)
                with self.assertRaises(AccessError):
                    theirs.write({"sequence": 5} if "sequence" in theirs else {"state": "done"})
                with self.assertRaises(AccessError):
                    theirs.unlink()

    def test_other_company_presses_no_button(self):
        own = self._own()
        for name, buttons in {
            "crm.trigger.rule": ("action_activate", "action_test", "action_pause", "action_draft", "copy"),
            "crm.trigger.run": ("action_stop",),
            "crm.trigger.execution": ("action_cancel", "action_run_now", "action_retry", "action_skip"),
        }.items():
            for button in buttons:
                with self.subTest(model=name, button=button), self.assertRaises(AccessError):
                    getattr(own[name].with_user(self.zoe), button)()

    def test_other_company_puts_nothing_into_a_scenario(self):
        """Neither by the wizard nor by the method it calls."""
        scenario = self._own()["crm.trigger.rule"]
        lead = self.env["crm.lead"].create({"name": "L", "company_id": self.company_b.id, "user_id": self.zoe.id})
        context = {"active_model": "crm.lead", "active_ids": lead.ids}

        with self.assertRaises(AccessError):
            scenario.with_user(self.zoe).enroll(lead)
        wizard = self.env["crm.trigger.enroll"].with_user(self.zoe).with_context(**context)
        with self.assertRaises(AccessError):
            wizard.create({"scenario_id": scenario.id}).action_enroll()
        self.assertFalse(self._get_runs(lead))

    def test_wizard_is_read_by_who_opened_it_only(self):
        """Fails without ``crm_trigger_enroll_rule_own``: it names the scenario."""
        scenario = self._own()["crm.trigger.rule"]
        context = {"active_model": "crm.lead", "active_ids": []}
        wizard = self.env["crm.trigger.enroll"].with_user(self.sam).with_context(**context)
        wizard = wizard.create({"scenario_id": scenario.id})

        with self.assertRaises(AccessError):
            wizard.with_user(self.tom).read(["scenario_id"])

    def test_step_of_a_rule_is_not_given_to_another_companys_rule(self):
        mine = self._create_rule("manual", [self._task()])

        with self.assertRaises(AccessError):
            self.env["crm.trigger.step"].with_user(self.zoe).create({**self._task(), "rule_id": mine.id})
        with self.assertRaises(AccessError):
            mine.with_user(self.zoe).write({"step_ids": [Command.create(self._task())]})

    def test_who_works_in_both_companies_sees_the_one_he_has_open(self):
        own = self._own()
        self.zoe.company_ids += self.company
        for name, records in own.items():
            with self.subTest(model=name):
                here = records.with_user(self.zoe).with_context(allowed_company_ids=self.company_b.ids)
                both = here.with_context(allowed_company_ids=(self.company_b | self.company).ids)
                domain = [("id", "in", records.ids)]
                self.assertEqual((len(here.search(domain)), len(both.search(domain))), (0, len(records)))
