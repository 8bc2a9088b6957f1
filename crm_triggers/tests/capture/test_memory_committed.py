from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ..committed import CommittedCase


@tagged("post_install", "-at_install")
class TestMemoryCommitted(CommittedCase):
    """Two transactions that do not see each other: a user's save, and a manager's who switches a rule."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)
        with self._env() as env:
            env["crm.trigger.rule"].search([("state", "in", ("live", "test"))])._get_watch()

    @contextmanager
    def _begun(self):
        """Yield an environment whose transaction has begun: it sees no later changes."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT FROM crm_lead LIMIT 1")
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _switch(self, rule_id, switch):
        with self._env() as env:
            getattr(env["crm.trigger.rule"].browse(rule_id), switch)()

    def _sweep(self):
        with self._env() as env:
            rules = env["crm.trigger.rule"].search([("name", "=", self._testMethodName)])
            for _rule, sweep in rules.filtered("activated_at")._get_sweeps():
                sweep(500)

    def test_thread_with_an_old_snapshot_leaves_the_others_what_they_know(self):
        """It begins before the rule is switched on, and reads the rules after. Fails without ``is_outdated``."""
        rule_id = self._create_rule()
        self._switch(rule_id, "action_draft")
        leads = self._create_leads(3)
        with self._begun() as env:
            self._switch(rule_id, "action_activate")
            env["crm.lead"].browse(leads[0]).description = "x"
            env.cr.commit()
        self._drag(leads[1])
        self._drag(leads[2])
        with self._env() as env:
            runs = env["crm.trigger.run"].search([("rule_id", "=", rule_id)])
            self.assertEqual(sorted(runs.mapped("res_id")), leads[1:])

    def test_dragged_before_and_committed_after_the_activation(self):
        """The clock catches up, once. Fails without ``_sweep_unsettled``."""
        rule_id = self._create_rule()
        self._switch(rule_id, "action_draft")
        leads = self._create_leads(2)
        self._drag(leads[0])
        with self._begun() as env:
            env["crm.lead"].browse(leads[1]).stage_id = self.stage_offer
            env.flush_all()
            self._switch(rule_id, "action_activate")
        self._sweep()
        self._sweep()
        with self._env() as env:
            self.assertEqual(env["crm.trigger.run"].search([("rule_id", "=", rule_id)]).mapped("res_id"), leads[1:])

    def test_created_before_and_committed_after_the_activation(self):
        """Numbers are given before the commit. Fails without ``_sql_known`` of "created"."""
        rule_id = self._create_rule(trigger="create", filter_domain=False)
        self._switch(rule_id, "action_draft")
        with self._begun() as env:
            values = {"name": "Early", "type": "opportunity", "referred": self._testMethodName}
            early = env["crm.lead"].create(values).id
            env.flush_all()
            leads = self._create_leads(1)
            self.assertGreater(leads[0], early)
            self._switch(rule_id, "action_activate")
        self._sweep()
        self._sweep()
        with self._env() as env:
            self.assertEqual(env["crm.trigger.run"].search([("rule_id", "=", rule_id)]).mapped("res_id"), [early])

    def test_run_that_comes_in_while_its_rule_is_switched_off_ends(self):
        """It was live when that transaction began. Fails without ``_stop_leftovers``."""
        rule_id = self._create_rule()
        leads = self._create_leads(1)
        with self._begun() as env:
            self._drag_in(env, leads)
            self._switch(rule_id, "action_draft")
        self._work()
        self.assertEqual(self._get_tasks(leads), [0])
        self.assertEqual(self._get_runs(), [("running", False)])
        with self._env() as env:
            env["crm.trigger.rule"]._stop_leftovers(100)
        self.assertEqual(self._get_runs(), [("stopped", "rule_closed")])

    def test_run_that_came_in_is_not_carried_out_when_the_rule_is_on_again(self):
        """Fails without ``DRAFT`` in ``_activate``."""
        rule_id = self._create_rule()
        leads = self._create_leads(1)
        with self._begun() as env:
            self._drag_in(env, leads)
            self._switch(rule_id, "action_draft")
        self._switch(rule_id, "action_activate")
        self._work()
        self.assertEqual(self._get_tasks(leads), [0])

    def test_rule_switched_off_by_this_process_is_off_for_an_older_transaction(self):
        """It reads the rules after they changed, and knows better than its snapshot. Fails without
        ``_leave_out_switched_off``."""
        rule_id = self._create_rule()
        leads = self._create_leads(2)
        with self._begun() as env:
            self._switch(rule_id, "action_draft")
            self._drag_in(env, leads[:1])
            self._drag(leads[1])  # the process reads the rules anew
        self.assertEqual(self._get_runs(), [])

    def test_is_settled_once_every_older_transaction_has_ended(self):
        rule_id = self._create_rule()
        with self._begun():
            with self._env() as env:
                env.cr.execute(
                    "UPDATE crm_trigger_rule SET unsettled_since = now() AT TIME ZONE 'UTC' - interval '60 seconds'"
                    " WHERE id = %s",
                    [rule_id],
                )
            with self._env() as env:
                self.assertFalse(env["crm.trigger.rule"].browse(rule_id)._is_known_to_all())
        with self._env() as env:
            self.assertTrue(env["crm.trigger.rule"].browse(rule_id)._is_known_to_all())

    def _drag_in(self, env, lead_ids):
        """Drag cards in a transaction that goes on, and leave out the drain that follows it."""
        env["crm.lead"].browse(lead_ids).stage_id = self.stage_offer
        env.cr.flush()
        env.cr.postcommit.clear()
