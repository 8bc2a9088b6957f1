from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..server_action_case import ServerActionCase


@tagged("post_install", "-at_install")
class TestStepScenario(ServerActionCase):
    """K28, K42, K56: out of a scenario, and from one to another in one step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        later = [cls._task(cls, "Call", delay_count=10)]
        make = {"trigger": "manual", "steps": later, "model": "res.partner"}
        cls.prospects = cls._create_rule(cls, name="Prospects", activate=False, **make)
        cls.customers = cls._create_rule(cls, name="Customers", activate=False, **make)

    def setUp(self):
        super().setUp()
        (self.prospects | self.customers).with_user(self.manager).action_activate()
        self._new_transaction()

    def _leave(self, scenario=None, **vals):
        scenario = scenario or self.prospects
        return {"kind": "leave", "name": "Leave", "left_scenario_id": scenario.id, **vals}

    def _switch(self, **vals):
        scenarios = {"left_scenario_id": self.prospects.id, "scenario_id": self.customers.id}
        return {"kind": "switch", "name": "Switch", **scenarios, **vals}

    def _enter(self, records, scenario=None):
        runs = (scenario or self.prospects).enroll(records)
        self._new_transaction()
        return runs

    def _drag_with(self, step, leads=None, **vals):
        """Have a rule do the step on opportunities that reach the stage "Offer"."""
        self._rule_on_offer([step], **vals)
        leads = leads or self._create_lead()
        self._drag(leads, self.stage_offer)
        self._run_worker()
        return leads

    def _get_state(self, scenario, records=None):
        """Return ``(state, stop reason)`` of each run of a scenario."""
        runs = self._get_runs(records or self.partner).filtered(lambda run: run.rule_id == scenario)
        return [(run.state, run.stop_reason) for run in runs]

    def assertSkipped(self, lead, name, reason):  # noqa: N802
        self.assertExecutions(lead, [(name, "skipped", reason)])

    def test_k56_contact_is_taken_out(self):
        """Its plan is cancelled, with the reason."""
        run = self._enter(self.partner)

        lead = self._drag_with(self._leave())

        self.assertEqual(self._get_state(self.prospects), [("stopped", "left")])
        self.assertExecutions(self.partner, [("Call", "cancel")])
        execution = self._get_executions(lead)
        self.assertEqual((execution.state, execution.result_model, execution.result_id), ("done", run._name, run.id))

    def test_k56_who_is_not_in_has_left_already(self):
        self.assertSkipped(self._drag_with(self._leave()), "Leave", "already")

    def test_k56_record_itself_is_taken_out(self):
        scenario = self._create_rule("manual", [self._task(delay_count=3)])
        lead = self._create_lead()
        self._enter(lead, scenario)

        self._drag_with(self._leave(scenario), lead)

        self.assertEqual(self._get_state(scenario, lead), [("stopped", "left")])

    def test_k56_only_from_that_scenario(self):
        """Fails without ``rule_id`` in ``_crm_trigger_leave``."""
        self._enter(self.partner)
        self._enter(self.partner, self.customers)

        self._drag_with(self._leave())

        self.assertEqual(self._get_state(self.customers), [("running", False)])

    def test_k56_record_without_contact_is_left_alone(self):
        lead = self._drag_with(self._leave(), self._create_lead(partner_id=False))

        self.assertSkipped(lead, "Leave", "no_contact")

    def test_k28_step_that_puts_in_says_what_came_of_it(self):
        """With a link to the run, or why there is none. Fails without ``_act_enroll``."""
        step = {"kind": "enroll", "name": "Enroll", "scenario_id": self.customers.id}
        self._rule_on_offer([step], exclude_internal=False)
        lead, again, unknown, colleague = leads = self._create_leads(4)
        unknown.partner_id = False
        colleague.partner_id = self.tom.partner_id
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self._drag(again | unknown | colleague, self.stage_offer)
        self._run_worker()

        self.assertEqual(self._get_executions(lead).result_id, self._get_runs(self.partner).id)
        reasons = [self._get_executions(one).skip_reason for one in leads]
        self.assertEqual(reasons, [False, "already", "no_contact", "not_taken"])

    def test_scenario_may_end_itself(self):
        scenario = self._create_rule("manual", [self._task(delay_count=30)], activate=False)
        scenario.with_user(self.manager).step_ids = [
            Command.create(self._leave(scenario, sequence=5)),
            Command.create(self._task("Never", sequence=6)),
        ]
        scenario.with_user(self.manager).action_activate()
        lead = self._create_lead()
        self._enter(lead, scenario)
        self._run_worker()

        self.assertExecutions(lead, [("Leave", "done")])
        self.assertEqual(self._get_state(scenario, lead), [("stopped", "left")])

    def test_k42_moves_from_one_to_the_other(self):
        self._enter(self.partner)

        lead = self._drag_with(self._switch())

        self.assertEqual(self._get_state(self.prospects), [("stopped", "left")])
        self.assertEqual(self._get_state(self.customers), [("running", False)])
        self.assertEqual(self._get_executions(lead).result_id, self.customers.run_ids.id)

    def test_k42_who_was_in_none_enters(self):
        self._drag_with(self._switch())

        self.assertEqual(self._get_state(self.customers), [("running", False)])

    def test_k42_who_is_in_both_leaves_the_first(self):
        run = self._enter(self.partner)
        self._enter(self.partner, self.customers)

        lead = self._drag_with(self._switch())

        self.assertEqual(self._get_state(self.prospects), [("stopped", "left")])
        self.assertEqual(self._get_state(self.customers), [("running", False)])
        self.assertEqual(self._get_executions(lead).result_id, run.id)

    def test_k42_again_there_is_nothing_to_do(self):
        self._enter(self.partner, self.customers)

        self.assertSkipped(self._drag_with(self._switch()), "Switch", "already")

    def test_k42_who_the_other_does_not_take_stays(self):
        """Both or neither. Fails without ``moved`` in ``_crm_trigger_switch``."""
        self.customers.filter_domain = "[('is_company', '=', True)]"
        self._enter(self.partner)

        lead = self._drag_with(self._switch())

        self.assertEqual(self._get_state(self.prospects), [("running", False)])
        self.assertSkipped(lead, "Switch", "not_taken")

    def test_k42_other_scenario_that_is_off_undoes_it_all(self):
        """Atomic: the step fails and is retried, no record is lost between the two."""
        self._enter(self.partner)
        self.customers.with_user(self.manager).action_draft()

        lead = self._drag_with(self._switch())

        self.assertEqual(self._get_state(self.prospects), [("running", False)])
        execution = self._get_executions(lead)
        self.assertEqual((execution.state, execution.attempts), ("scheduled", 1))
        self.assertIn("“Customers” is not active", execution.error)
        self.customers.with_user(self.manager).action_activate()
        self._run_until("2026-02-02 09:05:00")
        self.assertEqual(self._get_state(self.prospects), [("stopped", "left")])
        self.assertEqual(self._get_state(self.customers), [("running", False)])

    def test_batch_takes_no_query_per_record(self):
        """Promise 3. Fails when runs are searched one by one."""
        self._rule_on_offer([self._switch()])

        def count(number):
            partners = self.env["res.partner"].create([{"name": f"P {i}"} for i in range(number)])
            leads = self._create_leads(number)
            for lead, partner in zip(leads, partners, strict=True):
                lead.partner_id = partner
            self._enter(partners)
            self._drag(leads, self.stage_offer)
            before = self.env.cr.sql_log_count
            self._run_worker()
            self.assertEqual(set(self._get_state(self.prospects, partners)), {("stopped", "left")})
            self.assertEqual(set(self._get_state(self.customers, partners)), {("running", False)})
            return self.env.cr.sql_log_count - before

        count(1)

        self.assertLessEqual(count(40) - count(10), 3)

    def test_scenario_of_another_company_is_refused_on_saving(self):
        """Fails without ``company`` in ``_get_refusal``."""
        foreign = self._create_rule(
            "manual", model="res.partner", name="Lyon", company_id=self.company_b.id, user=self.env.user, activate=False
        )
        steps = (
            self._leave(foreign),
            self._switch(scenario_id=foreign.id),
            {"kind": "enroll", "name": "Enroll", "scenario_id": foreign.id},
        )
        for step in steps:
            with self.subTest(step["kind"]), self.assertRaisesRegex(ValidationError, "“Lyon” is for another company"):
                self._rule_on_offer([step], user=self.env.user, company_id=self.company.id, activate=False)

    def test_manager_cannot_take_out_of_a_scenario_he_cannot_see(self):
        """Promise 8. Fails without ``left_scenario_id`` in ``_check_manager_may``."""
        foreign = self._create_rule(
            "manual", model="res.partner", name="Lyon", company_id=self.company_b.id, user=self.env.user, activate=False
        )

        with self.assertRaises(AccessError):
            self._rule_on_offer([self._leave(foreign)], activate=False)

    def test_step_without_its_scenarios_is_not_switched_on(self):
        for step, cure in (
            (self._leave(left_scenario_id=False), "Choose the scenario"),
            (self._switch(scenario_id=False), "Choose the scenario"),
            (self._switch(scenario_id=self.prospects.id), "Choose two scenarios"),
        ):
            rule = self._rule_on_offer([step], activate=False)
            with self.subTest(cure), self.assertRaisesRegex(UserError, cure):
                rule.action_activate()

    def test_scenario_for_another_kind_is_refused_on_saving(self):
        scenario = self._create_rule("manual", model="sale.order", name="Orders")
        for step in (self._leave(scenario), self._switch(scenario_id=scenario.id)):
            with self.subTest(step["kind"]), self.assertRaisesRegex(UserError, "another type of record"):
                self._rule_on_offer([step], activate=False)

    def test_scenario_that_is_left_is_not_deleted(self):
        self._rule_on_offer([self._leave()], name="Leaver")

        with self.assertRaisesRegex(UserError, "Leaver"):
            self.prospects.with_user(self.manager).unlink()

    def test_phrases(self):
        steps = self._rule_on_offer(
            [self._leave(), self._leave(left_scenario_id=False), self._switch(), self._switch(scenario_id=False)],
            activate=False,
        ).step_ids

        self.assertEqual(
            steps.mapped("phrase"),
            [
                "take out of the scenario “Prospects”",
                "take out of a scenario",
                "move from the scenario “Prospects” to “Customers”",
                "move to another scenario",
            ],
        )

    def test_server_actions_do_the_same(self):
        """Of a menu, or of ``base.automation`` where that is installed."""
        model_id = self.env["ir.model"]._get_id("crm.lead")
        lead = self._create_lead()
        vals = {"name": "Do", "model_id": model_id, "left_scenario_id": self.prospects.id}
        switch = {**vals, "state": "crm_trigger_switch", "scenario_id": self.customers.id}
        leave = {**vals, "state": "crm_trigger_leave", "left_scenario_id": self.customers.id}
        self._enter(self.partner)
        expected = [("running", False)], [("stopped", "left")]
        for action_vals, state in zip((switch, leave), expected, strict=True):
            action = self.env["ir.actions.server"].create(action_vals)
            action.with_context(active_model="crm.lead", active_ids=lead.ids).run()
            self.assertFalse(action.warning)
            self.assertEqual(self._get_state(self.customers), state)
        self.assertEqual(self._get_state(self.prospects), [("stopped", "left")])
