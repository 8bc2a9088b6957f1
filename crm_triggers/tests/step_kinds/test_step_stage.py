from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..server_action_case import ServerActionCase


@tagged("post_install", "-at_install")
class TestStepStage(ServerActionCase):
    """K36, K39: a step moves the opportunity, forward only if one wants; won; lost with a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_won = cls.env["crm.stage"].search([("is_won", "=", True), ("team_ids", "=", False)], limit=1)
        cls.team_b = cls.env["crm.team"].create({"name": "Export", "company_id": cls.company.id})
        cls.stage_export = cls.env["crm.stage"].create({"name": "Customs", "sequence": 3, "team_ids": cls.team_b.ids})
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Too dear"})

    def _stage(self, stage=None, **vals):
        return {
            "kind": "stage",
            "name": "Move",
            "stage_move": "stage",
            "stage_id": stage and stage.id,
            "stage_forward_only": True,
            **vals,
        }

    def _move(self, step, leads, **vals):
        """Have a rule on urgent opportunities move these."""
        self._create_rule(steps=[step], filter_domain=[("priority", "=", "3")], keep_matching=False, **vals)
        leads.priority = "3"
        self._new_transaction()
        self._run_worker()
        return leads

    def assertMoved(self, leads, stage):  # noqa: N802
        self.assertEqual(leads.stage_id, stage)
        executions = self._get_executions(leads)
        self.assertEqual(set(executions.mapped("state")), {"done"})
        self.assertEqual(
            [(line.result_model, line.result_id) for line in executions], [("crm.lead", i) for i in leads.ids]
        )

    def assertLeftAlone(self, lead, reason):  # noqa: N802
        self.assertExecutions(lead, [("Move", "skipped", reason)])

    def test_k36_moves_forward(self):
        leads = self._move(self._stage(self.stage_later), self._create_leads(3))

        self.assertMoved(leads, self.stage_later)

    def test_k36_opportunity_of_a_quotation_is_moved(self):
        lead = self._create_lead()
        self._create_rule(
            steps=[self._stage(self.stage_offer)], model="sale.order", filter_domain=[("state", "=", "sent")]
        )
        order = self._create_order(opportunity_id=lead.id)
        order.action_quotation_sent()
        self._run_worker()

        self.assertEqual(lead.stage_id, self.stage_offer)
        self.assertEqual(self._get_executions(order).result_id, lead.id)

    def test_k36_quotation_without_opportunity_is_left_alone(self):
        self._create_rule(
            steps=[self._stage(self.stage_offer)], model="sale.order", filter_domain=[("state", "=", "sent")]
        )
        order = self._create_order()
        order.action_quotation_sent()
        self._run_worker()

        self.assertLeftAlone(order, "no_opportunity")

    def test_k36_forward_only_never_goes_back(self):
        """Fails without ``behind`` in ``_crm_trigger_get_stage_refusal``."""
        lead = self._move(self._stage(self.stage_offer), self._create_lead(stage_id=self.stage_later.id))

        self.assertEqual(lead.stage_id, self.stage_later)
        self.assertLeftAlone(lead, "backward")

    def test_k36_without_forward_only_goes_back(self):
        step = self._stage(self.stage_offer, stage_forward_only=False)

        self.assertMoved(self._move(step, self._create_lead(stage_id=self.stage_later.id)), self.stage_offer)

    def test_k36_won_stays_won_and_lost_stays_lost(self):
        """Fails without ``won_status`` in ``_crm_trigger_get_stage_refusal``."""
        won, lost = self._create_leads(2)
        won.action_set_won()
        lost.action_set_lost(lost_reason_id=self.reason.id)
        stage_won = won.stage_id
        self._new_transaction()

        domain = [("priority", "=", "3"), ("active", "in", [True, False])]
        self._create_rule(steps=[self._stage(self.stage_later)], filter_domain=domain)
        (won | lost).priority = "3"
        self._new_transaction()
        self._run_worker()

        self.assertEqual((won.stage_id, lost.stage_id), (stage_won, self.stage_new))
        self.assertLeftAlone(won, "closed")
        self.assertLeftAlone(lost, "closed")

    def test_k36_at_the_stage_already(self):
        self.assertLeftAlone(self._move(self._stage(self.stage_new), self._create_lead()), "already")

    def test_k36_won_as_the_button_does(self):
        """Each in the won stage of its team. Fails without ``grouped`` in ``_crm_trigger_move``."""
        won_b = self.env["crm.stage"].create(
            {"name": "Shipped", "is_won": True, "sequence": 2, "team_ids": self.team_b.ids}
        )
        lead, export = self._create_lead(), self._create_lead(team_id=self.team_b.id)

        self._move(self._stage(stage_move="won"), lead | export)

        self.assertEqual((lead | export).mapped("won_status"), ["won", "won"])
        self.assertEqual(export.stage_id, won_b)
        self.assertFalse(lead.stage_id.team_ids)
        self.assertEqual(lead.probability, 100)

    def test_k36_won_already_is_not_won_again(self):
        lead = self._create_lead()
        lead.action_set_won()

        self.assertLeftAlone(self._move(self._stage(stage_move="won"), lead), "already")

    def test_k36_lost_with_its_reason(self):
        lead = self._move(self._stage(stage_move="lost", lost_reason_id=self.reason.id), self._create_lead())

        self.assertEqual((lead.won_status, lead.active, lead.lost_reason_id), ("lost", False, self.reason))
        self.assertExecutions(lead, [("Move", "done")])

    def test_k36_lost_for_another_reason_keeps_it(self):
        other = self.env["crm.lost.reason"].create({"name": "No money"})
        lead = self._create_lead()
        lead.action_set_lost(lost_reason_id=other.id)
        self._new_transaction()
        step = self._stage(stage_move="lost", lost_reason_id=self.reason.id)
        self._create_rule(steps=[step], filter_domain=[("priority", "=", "3"), ("active", "=", False)])
        lead.priority = "3"
        self._new_transaction()
        self._run_worker()

        self.assertEqual(lead.lost_reason_id, other)
        self.assertLeftAlone(lead, "already")

    def test_lead_that_is_no_opportunity_yet_is_left_alone(self):
        self.assertLeftAlone(
            self._move(self._stage(self.stage_later), self._create_lead(type="lead")), "no_opportunity"
        )

    def test_stage_of_another_team_is_refused_on_saving_where_the_rule_asks_for_a_team(self):
        """Fails without ``_check_refused`` in ``create`` and ``write``."""
        domain = [("team_id", "=", self.team.id)]
        with self.assertRaisesRegex(ValidationError, "Rule “Rule”, step “Move”: the stage “Customs” .* Export"):
            self._create_rule(steps=[self._stage(self.stage_export)], filter_domain=domain, activate=False)
        rule = self._create_rule(steps=[self._stage(self.stage_later)], filter_domain=domain, activate=False)
        with self.assertRaisesRegex(ValidationError, "other teams"):
            rule.step_ids.with_user(self.manager).stage_id = self.stage_export
        rule.step_ids.with_user(self.manager).stage_id = self.stage_offer

    def test_conditions_that_ask_for_another_team_later_keep_the_rule_from_working(self):
        rule = self._create_rule(steps=[self._stage(self.stage_export)], activate=False)
        rule.filter_domain = str([("team_id", "in", [self.team.id])])

        with self.assertRaisesRegex(UserError, "other teams"):
            rule.action_activate()

    def test_stage_of_another_team_leaves_the_record_alone(self):
        """Fails without ``SKIP_OTHER_TEAM``: Odoo would move it to a stage of its team immediately."""
        lead, export = self._create_lead(), self._create_lead(team_id=self.team_b.id)

        self._move(self._stage(self.stage_export), lead | export)

        self.assertEqual((lead.stage_id, export.stage_id), (self.stage_new, self.stage_export))
        self.assertLeftAlone(lead, "other_team")

    def test_step_without_stage_or_reason_is_not_switched_on(self):
        for step, cure in (
            (self._stage(), "Choose the stage"),
            (self._stage(stage_move="lost"), "Choose a lost reason"),
        ):
            rule = self._create_rule(steps=[step], activate=False)
            with self.subTest(cure), self.assertRaisesRegex(UserError, f"step “Move”: {cure}"):
                rule.action_activate()

    def test_record_without_opportunity_is_not_offered(self):
        with self.assertRaisesRegex(UserError, "Only opportunities"):
            self._create_rule(steps=[self._stage(self.stage_later)], model="res.partner", activate=False)

    def test_stage_and_reason_in_use_are_not_deleted(self):
        self._create_rule(steps=[self._stage(self.stage_later)], name="Mover", activate=False)
        self._create_rule(
            steps=[self._stage(stage_move="lost", lost_reason_id=self.reason.id)], name="Loser", activate=False
        )

        with self.assertRaisesRegex(UserError, "rule “Mover”, step “Move”"):
            self.stage_later.unlink()
        with self.assertRaisesRegex(UserError, "rule “Loser”, step “Move”"):
            self.reason.unlink()

    def test_tried_again_it_is_so_already(self):
        """Promise 1: a step that is repeated moves nothing twice."""
        lead = self._move(self._stage(self.stage_later), self._create_lead())
        execution = self._get_executions(lead)
        execution._mark({"state": "scheduled"})
        execution.run_id._mark({"state": "running"})

        self._run_worker()

        self.assertLeftAlone(lead, "already")

    def test_batch_takes_no_query_per_record(self):
        """Promise 3: one write for all, so no more for each lead than a person's drag takes of Odoo."""
        self._create_rule(steps=[self._stage(self.stage_later)], filter_domain=[("priority", "=", "3")])

        def count(move, number):
            leads = self._create_leads(number, priority=str(number % 2 and 3))
            self._new_transaction()
            before = self.env.cr.sql_log_count
            move(leads.sudo())
            self._new_transaction()
            self.assertEqual(leads.stage_id, self.stage_later)
            return self.env.cr.sql_log_count - before

        def drag(leads):
            leads.write({"stage_id": self.stage_later.id})

        for move, number in ((drag, 2), (lambda _leads: self._run_worker(), 1)):
            count(move, number)

        by_person = count(drag, 60) - count(drag, 10)
        by_rule = count(lambda _leads: self._run_worker(), 61) - count(lambda _leads: self._run_worker(), 11)
        self.assertLessEqual(by_rule - by_person, 5)

    def test_phrases(self):
        steps = self._create_rule(
            steps=[
                self._stage(self.stage_later),
                self._stage(self.stage_later, stage_forward_only=False),
                self._stage(stage_move="won"),
                self._stage(stage_move="lost", lost_reason_id=self.reason.id),
                self._stage(),
            ],
            activate=False,
        ).step_ids

        self.assertEqual(
            steps.mapped("phrase"),
            [
                "move the opportunity forward to the stage “Later”",
                "move the opportunity to the stage “Later”",
                "mark the opportunity as won",
                "mark the opportunity as lost (Too dear)",
                "move the opportunity to a stage",
            ],
        )
        self.assertEqual(set(steps.mapped("icon")), {"fa-arrow-right"})

    def test_form_offers_forward_only(self):
        """Fails without ``defaults`` of the kind ``stage``."""
        rule = self._create_rule(activate=False).with_user(self.manager)
        with Form(rule) as form, form.step_ids.new() as step:
            step.kind = "stage"
            step.stage_id = self.stage_later

        step = rule.step_ids[-1:]
        self.assertEqual((step.stage_move, step.stage_forward_only), ("stage", True))
        self.assertEqual(step.sudo().action_id.state, "crm_stage")

    def test_copied_rule_moves_to_the_same_stage(self):
        rule = self._create_rule(steps=[self._stage(self.stage_later)], activate=False).with_user(self.manager)

        copy = rule.copy().step_ids

        self.assertEqual((copy.stage_move, copy.stage_id, copy.stage_forward_only), ("stage", self.stage_later, True))

    def test_automation_rule_of_odoo_moves_as_well(self):
        """A server action like any other, also of ``base.automation`` where that is installed."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Move",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "crm_stage",
                "stage_id": self.stage_later.id,
                "stage_forward_only": True,
            }
        )
        leads = self._create_leads(2)

        action.with_context(active_model="crm.lead", active_ids=leads.ids).run()

        self.assertEqual(leads.stage_id, self.stage_later)
        self.assertFalse(action.warning)
