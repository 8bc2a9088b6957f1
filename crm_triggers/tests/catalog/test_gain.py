from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestGain(CrmTriggersCommon):
    """K21: what a rule brings, on its form."""

    def _run(self, rule, leads):
        rule.action_activate()
        self._new_transaction()
        self._drag(leads, self.stage_offer)
        self._run_worker()
        self.env.invalidate_all()
        return rule.with_user(self.manager)

    def test_steps_done_and_hours_saved(self):
        """A guess by kind, which the step may correct; what was skipped saved nothing."""
        rule = self._rule_on_offer(
            [self._note(), self._task(minutes=43), self._task("Never", filter_domain="[('priority', '=', '3')]")],
            activate=False,
        )
        self.assertEqual(rule.step_ids.mapped("minutes"), [2, 43, 2])

        rule = self._run(rule, self._create_leads(4))

        self.assertEqual((rule.done_count, rule.saved_hours), (8, 3))

    def test_minutes_follow_the_kind_until_somebody_says_otherwise(self):
        """Fails without ``depends`` on ``_compute_minutes``."""
        step = self._rule_on_offer(activate=False).step_ids
        with Form(step.with_user(self.manager)) as form:
            form.kind = "note"
            form.message_body = "<p>Look</p>"
        self.assertEqual(step.minutes, 2)
        step.minutes = 10

        step.name = "Other"

        self.assertEqual(step.minutes, 10)

    def test_success_is_the_share_of_records_that_were_won(self):
        """Lost ones count as well, though they are archived. Fails without ``goal``."""
        leads = self._create_leads(4)
        rule = self._run(self._rule_on_offer(activate=False), leads)
        self.assertEqual(rule.success_rate, 0)

        leads[0].action_set_won()
        leads[1].action_set_lost()
        self._new_transaction()

        self.assertEqual(rule.success_rate, 0.25)

    def test_records_without_a_good_end_have_no_success(self):
        rule = self._create_rule("manual", model="res.partner")
        rule.enroll(self.partner)
        self._new_transaction()

        self.assertEqual(rule.success_rate, 0)

    def test_a_salesperson_is_told_of_his_own_records(self):
        """Promise 8: figures about others' sales are not visible."""
        rule = self._run(self._rule_on_offer(activate=False), self._create_leads(2))
        other = self._create_lead().sudo()
        other.user_id = self.tom
        self._drag(other, self.stage_offer)
        self._run_worker()
        self.env.invalidate_all()

        self.assertEqual((rule.done_count, rule.with_user(self.sam).done_count), (3, 2))
