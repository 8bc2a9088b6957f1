from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestScenario(CrmTriggersCommon):
    """Records are add to a scenario: by hand, by a step of another rule, by code."""

    def _create_scenario(self, steps=None, **vals):
        return self._create_rule("manual", steps, model="res.partner", name="Keep in touch", **vals)

    def _enroll(self, rule, records, **kwargs):
        runs = rule.with_user(self.sam).enroll(records.with_user(self.sam), **kwargs)
        self._new_transaction()
        return runs

    def test_enroll_starts_run_and_carries_out_its_steps(self):
        """K56."""
        scenario = self._create_scenario([self._task("Call"), self._task("Call again", delay_count=10)])

        self._enroll(scenario, self.partner)
        self._run_worker()

        self.assertExecutions(self.partner, [("Call", "done"), ("Call again", "scheduled")])

    def test_enroll_what_is_due_does_not_wait_for_the_worker(self):
        """Fails without ``_wake`` in ``enroll``."""
        scenario = self._create_scenario()

        scenario.with_user(self.sam).enroll(self.partner.with_user(self.sam))
        self._commit()

        self.assertExecutions(self.partner, [("Call", "done")])

    def test_enroll_twice_enters_once_while_in(self):
        """K56: idempotent. Fails without ``_search_running`` in ``enroll``."""
        scenario = self._create_scenario([self._task(delay_count=10)])

        first, second = self._enroll(scenario, self.partner), self._enroll(scenario, self.partner)

        self.assertEqual((len(first), len(second)), (1, 0))
        self.assertExecutions(self.partner, [("Call", "scheduled")])

    def test_enroll_again_after_the_end_enters_anew(self):
        scenario = self._create_scenario()
        self._enroll(scenario, self.partner)
        self._run_worker()

        self._enroll(scenario, self.partner)

        self.assertEqual(self._get_runs(self.partner).mapped("state"), ["done", "running"])

    def test_enroll_same_key_never_enters_twice(self):
        scenario = self._create_scenario()
        self._enroll(scenario, self.partner, key="form 7")
        self._run_worker()

        self.assertFalse(self._enroll(scenario, self.partner, key="form 7"))
        self.assertTrue(self._enroll(scenario, self.partner, key="form 8"))

    def test_enroll_reentry_once_enters_once_ever(self):
        """Z25."""
        scenario = self._create_scenario(reentry="once")
        self._enroll(scenario, self.partner)
        self._run_worker()

        self.assertFalse(self._enroll(scenario, self.partner))

    def test_enroll_reentry_once_is_passed_by_no_key(self):
        """Fails if a key counts for more than "once" in ``decision.occurrence``."""
        scenario = self._create_scenario(reentry="once")
        scenario.enroll(self.partner, key="spring")
        self._commit()

        self.assertFalse(scenario.enroll(self.partner, key="autumn"))
        self.assertFalse(scenario.enroll(self.partner))
        self.assertEqual(len(self._get_runs(self.partner)), 1)

    def test_enroll_record_outside_the_conditions_stays_out(self):
        """Z17."""
        scenario = self._create_scenario(filter_domain=[("is_company", "=", True)])

        self.assertFalse(self._enroll(scenario, self.partner))

    def test_enroll_colleague_stays_out(self):
        """Z18."""
        scenario = self._create_scenario()

        self.assertFalse(scenario.enroll(self.tom.partner_id))

    def test_enroll_into_a_draft_is_refused(self):
        scenario = self._create_scenario(activate=False)

        with self.assertRaises(UserError):
            self._enroll(scenario, self.partner)

    def test_enroll_another_kind_of_record_is_refused(self):
        scenario = self._create_scenario()

        with self.assertRaises(UserError):
            self._enroll(scenario, self._create_lead())

    def test_enroll_record_one_may_not_change_is_refused(self):
        """Promise 8: salespeople add their own records."""
        scenario = self._create_rule("manual")
        lead = self._create_lead()

        with self.assertRaises(AccessError):
            scenario.with_user(self.tom).enroll(lead.with_user(self.tom))

    def test_enroll_by_the_wizard_says_how_many_entered(self):
        scenario = self._create_scenario()
        partners = self.partner | self.tom.partner_id
        wizard = (
            self.env["crm.trigger.enroll"]
            .with_user(self.sam)
            .with_context(active_model="res.partner", active_ids=partners.ids)
            .create({"scenario_id": scenario.id})
        )

        message = wizard.action_enroll()["params"]["message"]

        self.assertEqual(message, "1 of 2 selected records entered “Keep in touch”.")
        self.assertEqual(self._get_runs(partners).res_id, self.partner.id)

    def test_wizard_chooses_the_only_scenario_and_says_what_it_does(self):
        """Fails without ``scenario_id`` in ``default_get``; two are not chosen between."""
        only = self._create_scenario()
        wizard = self.env["crm.trigger.enroll"].with_user(self.sam)
        wizard = wizard.with_context(active_model="res.partner", active_ids=self.partner.ids)

        opened = wizard.new(wizard.default_get(["scenario_id", "sentence"]))

        self.assertEqual(opened.scenario_id._origin, only)
        self.assertEqual(opened.sentence, only.sentence)
        self._create_scenario()
        self.assertNotIn("scenario_id", wizard.default_get(["scenario_id"]))

    def test_scenario_is_started_by_nothing(self):
        self._create_rule("manual", filter_domain=[("stage_id", "=", self.stage_offer.id)])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)

        self.assertFalse(self._get_runs(lead))

    def test_record_leaving_the_conditions_leaves_the_scenario(self):
        scenario = self._create_rule("manual", [self._task(delay_count=3)], filter_domain=[("active", "=", True)])
        lead = self._create_lead()
        self._enroll(scenario, lead)

        lead.active = False
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "cancel")])

    def test_step_enrolls_the_contact_of_the_record(self):
        """K51, K56: a lead's rule, a scenario made for contacts."""
        scenario = self._create_scenario([self._task(delay_count=5)])
        self._rule_on_offer([{"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id}])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Enroll", "done")])
        self.assertExecutions(self.partner, [("Call", "scheduled")])
        run = self._get_runs(self.partner)
        self.assertEqual((run.depth, run.origin_execution_id), (1, self._get_executions(lead)))

    def test_step_enrolls_the_record_itself(self):
        scenario = self._create_rule("manual", [self._task(delay_count=5)])
        self._rule_on_offer([{"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id}])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Enroll", "done"), ("Call", "scheduled")])

    def test_step_enrolls_a_record_without_contact_in_nothing(self):
        scenario = self._create_scenario()
        self._rule_on_offer([{"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id}])
        lead = self._create_lead(partner_id=False)

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Enroll", "skipped", "no_contact")])
        self.assertFalse(scenario.run_ids)

    def test_step_with_a_scenario_for_another_kind_is_refused(self):
        scenario = self._create_rule("manual", model="sale.order")
        with self.assertRaises(UserError):
            self._rule_on_offer([{"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id}], activate=False)
