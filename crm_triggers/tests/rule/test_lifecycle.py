from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestLifecycle(CrmTriggersCommon):
    """Who may create, change and switch a rule, and what happens to its plan (promise 8)."""

    def test_rule_for_all_companies_is_refused_to_who_works_in_one(self):
        """Fails without ``_check_all_companies``."""
        with self.assertRaisesRegex(ValidationError, "choose its company"):
            self._rule_on_offer(company_id=False)

    def test_rule_for_all_companies_is_made_by_an_administrator(self):
        self.assertFalse(self._rule_on_offer(company_id=False, user=self.admin).company_id)

    def test_copy_of_a_rule_for_all_companies_is_for_ones_own(self):
        """Fails without ``copy_data``: "choose its company", on a button that asks for nothing."""
        rule = self._rule_on_offer(company_id=False, user=self.admin)

        self.assertEqual(rule.with_user(self.manager).copy().company_id, self.company)
        self.assertFalse(rule.with_user(self.admin).copy().company_id)

    def test_state_is_switched_by_buttons_alone(self):
        """The external API would skip the checks of ``action_activate``. Fails without ``BUTTON_FIELDS``."""
        rule = self._rule_on_offer(activate=False).with_user(self.manager)

        with self.assertRaises(AccessError):
            rule.write({"state": "live"})
        rule.action_activate()

        self.assertEqual(rule.state, "live")

    def test_conditions_of_a_rule_with_code_are_the_administrators(self):
        """The code would run on records of the manager's choice. Fails without ``_check_may_write``."""
        rule = self._rule_on_offer([self._code("record['referred'] = 'x'")], user=self.admin, activate=False)
        rule = rule.with_user(self.manager)

        for vals in ({"filter_domain": "[]"}, {"trigger": "create"}, {"company_id": False}):
            with self.subTest(vals=vals), self.assertRaisesRegex(AccessError, "administrator"):
                rule.write(vals)
        rule.write({"sequence": 3})
        rule.action_pause()

    def test_deleted_scenario_names_the_rules_that_use_it(self):
        """Fails without ``_unlink_unless_entered_by_steps``: the database answers instead."""
        scenario = self._create_rule("manual")
        self._rule_on_offer([{"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id}], name="Nurture")

        with self.assertRaisesRegex(UserError, "Nurture"):
            scenario.unlink()

    def test_delay_of_centuries_is_refused_when_it_is_made(self):
        """Fails without ``_check_delay_reach``; ten years are fine."""
        self._rule_on_offer([self._task(delay_count=10 * 12, delay_unit="months")])

        with self.assertRaisesRegex(ValidationError, "ten years"):
            self._rule_on_offer([self._task(delay_count=10**7)])

    def test_activating_a_live_rule_again_does_not_forget_what_is_due(self):
        rule = self._rule_on_offer()
        since = rule.activated_at
        self._move_to("2026-02-03 09:00")

        rule.action_activate()

        self.assertEqual(rule.activated_at, since)

    def test_plan_is_stopped_only_by_who_may_change_the_record(self):
        """Fails without ``_check_may_act``: reading was enough."""
        self._create_rule("create", [self._task(delay_count=3)], model="res.partner")
        partner = self.env["res.partner"].create({"name": "Eve"})
        self._new_transaction()
        reader = self._create_user("reader", "base.group_user,crm_triggers.crm_triggers_group_user")
        run = self._get_runs(partner).with_user(reader)
        run.check_access("read")

        with self.assertRaises(AccessError):
            run.action_stop()
        with self.assertRaises(AccessError):
            run.execution_ids.action_cancel()
        with self.assertRaises(AccessError):
            run.execution_ids.action_run_now()

        self.assertExecutions(partner, [("Call", "scheduled")])

    def test_archived_rule_captures_nothing_whoever_saves_first(self):
        """The saving user may be looking at archived records. Fails without ``context={}`` in ``_get_watch``."""
        rule = self._rule_on_offer()
        lead = self._create_lead()
        rule.active = False
        self._commit()

        self._drag(lead.with_context(active_test=False), self.stage_offer)

        self.assertFalse(self._get_runs(lead))

    def test_pause_leaves_a_draft_a_draft(self):
        """The list offers the button for any rule; a paused one goes on with what fell due since it was switched
        on. Fails without ``filtered`` in ``action_pause``: what fell due in the draft was acted upon."""
        rule = self._create_rule("date", date="date_deadline", trg_date_range=0, trg_date_range_mode="after")
        lead = self._create_lead(date_deadline="2026-02-05")
        rule.action_draft()
        self._move_to("2026-02-07 09:00:00")

        rule.with_user(self.manager).action_pause()
        self.assertEqual(rule.state, "draft")
        rule.action_activate()
        self._run_until("2026-02-07 10:00:00")

        self.assertFalse(self._get_runs(lead))
