from odoo.tests import tagged

from ..tour_case import TourCase


class PanelCase(TourCase):
    """A salesperson's lead for which a rule has planned something."""

    def setUp(self):
        super().setUp()
        self.rule = self._rule_on_offer([self._task(delay_count=1)], name="Follow up")
        self.lead = self._create_lead()
        self._drag(self.lead, self.stage_offer)

    def _play(self, tour, user=None, url=None):
        user = user or self.sam
        self.env.flush_all()
        self.start_tour(url or f"/odoo/crm/{self.lead.id}", tour, login=user.login)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestTourPanel(PanelCase):
    """Promise 5, on the record and in the pipeline."""

    def test_salesperson_pauses_cancels_and_asks_why(self):
        self._play("crm_trigger_panel")
        self.assertExecutions(self.lead, [("Call", "cancel")])

    def test_failed_step_is_tried_again_and_done(self):
        """Fails without ``_wake`` in ``_reschedule``: one would wait for the worker."""
        rule = self._rule_on_offer([self._task("Try it")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        failed = self._get_executions(lead, rule)
        failed._give_up({"en_US": "It did not work"})
        self.lead = lead
        with self._committing():
            self._play("crm_trigger_retry")
        self.assertEqual((failed.state, failed.run_id.state), ("done", "done"))

    def test_manager_adds_a_rule_from_the_gear_of_a_stage(self):
        self.lead.sudo().user_id = self.manager  # in their pipeline
        self._play("crm_trigger_stage_gear", self.manager, "/odoo/crm")
        rule = self.env["crm.trigger.rule"].search([("name", "=", "Made from the gear")])
        self.assertEqual(rule.stage_ids, self.stage_offer)

    def test_salesperson_makes_no_rules_from_there(self):
        """Promise 8. Fails without ``canMakeTriggers`` in ``stage_triggers.js``."""
        self._play("crm_trigger_no_stage_gear", url="/odoo/crm")


@tagged("post_install", "-at_install")
class TestTourPanelPhone(PanelCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_on_a_phone(self):
        self._play("crm_trigger_panel_phone")
        self.assertExecutions(self.lead, [("Call", "cancel")])
