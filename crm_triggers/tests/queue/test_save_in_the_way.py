import threading
from unittest.mock import patch

from odoo.addons.crm_triggers.models.queue import claim
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import SOON, InTheWayCase
from ..common import code_step

LOGS = ("odoo.addons.crm_triggers.models.isolation", "odoo.sql_db")


@tagged("post_install", "-at_install")
class TestSaveInTheWay(InTheWayCase):
    """A save waits at most a second for what follows it: the rest is left to the worker."""

    def _create_customer_rule(self):
        return self._create_rule([{"kind": "customer", "name": "Customer"}])

    @mute_logger(*LOGS)
    def test_save_does_not_wait_for_what_somebody_else_holds(self):
        """Line 5. Fails without ``limited`` in ``Loop``: it lasts as long as the other's transaction."""
        self._create_customer_rule()
        lead_ids = self._create_leads(1)
        self._give_contact(lead_ids, self.held_id)

        with self._held():
            self.assertLess(self._save(lead_ids), SOON)
        self.assertEqual(self._get_states(), {"scheduled": 1})
        self.assertTrue(self._is_woken())
        self._work()

        self.assertEqual(self._get_states(), {"done": 1})

    def _save_with_slow_step(self, query):
        """Drag three cards whose steps take long in the database; return the duration in seconds."""
        self._create_rule()
        lead_ids = self._create_leads(3)
        steps = self.registry["crm.trigger.step"]
        origin = steps._act

        def act(step, lines):
            for _turn in range(20):
                step.env.cr.execute(query)
            return origin(step, lines)

        with patch.object(steps, "_act", act):
            seconds = self._save(lead_ids)
        self.assertEqual(self._get_states(), {"scheduled": 3}, "undone as a whole")
        self.assertEqual(self._get_tasks(lead_ids), [0, 0, 0])
        with self._env() as env:
            lines = env["crm.trigger.execution"].search(self._domain())
            self.assertEqual(set(lines.mapped("attempts")), {0}, "it did not fail")
        self.assertTrue(self._is_woken())
        self._work()
        self.assertEqual(self._get_tasks(lead_ids), [1, 1, 1])
        return seconds

    @mute_logger(*LOGS)
    def test_save_does_not_wait_for_a_slow_step(self):
        """Line 5. Fails without ``statement_timeout`` in ``limited``."""
        self.assertLess(self._save_with_slow_step("SELECT pg_sleep(20)"), SOON)

    @mute_logger(*LOGS)
    def test_save_does_not_wait_for_many_statements(self):
        """A second over all of them. Fails when only single statements are limited."""
        self.assertLess(self._save_with_slow_step("SELECT pg_sleep(0.5)"), SOON)

    def test_code_and_calls_of_an_administrator_are_the_workers(self):
        """Nothing cuts them short. Fails without ``_sql_is_drained`` in ``_sql_due``."""
        self._create_rule([code_step("time.sleep(20)")])
        lead_ids = self._create_leads(1)

        self.assertLess(self._save(lead_ids), SOON)

        self.assertEqual(self._get_states(), {"scheduled": 1})
        self.assertTrue(self._is_woken())

    def test_step_that_held_up_who_saved_is_the_workers_from_then_on(self):
        """What nothing cuts short does so once in an hour and process. Fails without ``_leave_to_worker``."""
        self._create_rule()
        first, second = self._create_leads(1), self._create_leads(1)
        steps = self.registry["crm.trigger.step"]
        origin, wait = steps._act, threading.Event()

        def act(step, lines):
            wait.wait(2.5)
            return origin(step, lines)

        with patch.dict(claim._UNDRAINED), patch.object(steps, "_act", act):
            self._save(first)
            self.assertLess(self._save(second), 2.4)
        self.assertEqual(self._get_states(), {"scheduled": 2})
        self._work()

        self.assertEqual(self._get_tasks(first + second), [1, 1])

    def test_all_that_a_transaction_starts_is_drained_together(self):
        """A second in all, not one for each rule and round. Fails without ``DRAINED`` in ``_wake``."""
        self._create_rule()
        lead_ids = self._create_leads(2)
        with patch("odoo.addons.crm_triggers.models.run.crm_trigger_run._drain") as drain, self._env() as env:
            for lead in env["crm.lead"].browse(lead_ids):
                lead.stage_id = self.stage_offer
                env.cr.flush()  # as a savepoint does

        self.assertEqual(drain.call_count, 1)
        self.assertEqual(len(drain.call_args[0][1]), 2)

    def test_other_processes_hear_of_a_change_before_the_drain(self):
        """Odoo tells them when all that waits for the commit is over: up to a second they went by what was.
        Fails without ``signal_changes`` in ``apart``."""
        self._create_rule()
        (lead_id,) = self._create_leads(1)
        executions, told = self.registry["crm.trigger.execution"], []
        origin = executions._work

        def work(lines, *args, **kwargs):
            told.append(not self.registry.cache_invalidated)
            return origin(lines, *args, **kwargs)

        def save(env):
            env["crm.lead"].browse(lead_id).stage_id = self.stage_offer
            env.registry.clear_cache()

        with patch.object(executions, "_work", work):
            self._retrying(save)

        self.assertEqual(told, [True])
