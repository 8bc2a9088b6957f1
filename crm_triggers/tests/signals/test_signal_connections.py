from odoo.tests import tagged

from ..committed import CommittedCase


@tagged("post_install", "-at_install")
class TestSignalConnections(CommittedCase):
    """Signals recorded at the same moment by separate transactions."""

    def setUp(self):
        super().setUp()
        [self.lead_id] = self._create_leads(1)
        self.addCleanup(self._clean_up_signals)

    def _clean_up_signals(self):
        with self._env() as env:
            env["crm.trigger.signal"].search([("res_id", "=", self.lead_id), ("res_model", "=", "crm.lead")]).unlink()

    def _create_signal_rule(self, **vals):
        return self._create_rule(trigger="signal", filter_domain="[]", **vals)

    def _record(self, env, **kwargs):
        return env["crm.trigger.signal"].record("fair_met", [self.lead_id], model="crm.lead", **kwargs)

    def _sweep(self, rule_id):
        with self._env() as env:
            env["crm.trigger.rule"].browse(rule_id)._sweep_signals(500)

    def test_two_that_do_not_see_each_other_are_counted_together(self):
        """Promises 1 and 2. Neither transaction knows that its signal is the third one."""
        rule_id = self._create_signal_rule(signal_count=3)
        with self._env() as env:
            self._record(env)
        with self._env() as env, self._env() as other:
            self._record(env)
            self._record(other)
            self._sweep(rule_id)
            self.assertEqual(self._get_runs(), [])
        for _time in range(2):
            self._sweep(rule_id)
            self.assertEqual(len(self._get_runs()), 1)

    def test_signal_committed_after_later_ones_is_read(self):
        """Promise 2. Fails if the mark is the last id that was read."""
        rule_id = self._create_signal_rule()
        with self._env() as env:
            self._record(env)
            for _time in range(2):
                with self._env() as other:
                    self._record(other)
                self._sweep(rule_id)
            self.assertEqual(len(self._get_runs()), 2)
        self._sweep(rule_id)
        self.assertEqual(len(self._get_runs()), 3)
        self._sweep(rule_id)
        self.assertEqual(len(self._get_runs()), 3)

    def test_same_key_in_two_transactions_is_one_signal(self):
        """A web hook that is sent twice at once."""
        with self._env() as env:
            self.assertTrue(self._record(env, key="hook"))
            with self._thread(self._record_apart):
                self._wait_until_blocked()
                env.cr.commit()
        with self._env() as env:
            self.assertEqual(
                env["crm.trigger.signal"].search_count([("res_id", "=", self.lead_id), ("key", "=", "hook")]), 1
            )

    def _record_apart(self):
        self._retrying(lambda env: self.assertFalse(self._record(env, key="hook")))

    def test_flood_at_once_disturbs_nobody(self):
        """Requests that count on the same line: none fails, and none is repeated."""
        with self._env() as env:
            for _time in range(100):
                self._record(env)
        with self._env() as env, self._env() as other:
            env.cr.execute("SELECT 1")
            other.cr.execute("SELECT 1")  # both have their snapshot
            self._record(env)
            env.cr.commit()
            self._record(other)
        with self._env() as env:
            lines = env["crm.trigger.signal"].search([("res_id", "=", self.lead_id), ("res_model", "=", "crm.lead")])
            self.assertEqual((len(lines), sum(lines.mapped("repeats"))), (100, 1))
