from contextlib import contextmanager
from itertools import count
from time import monotonic
from unittest.mock import Mock, patch

from odoo.addons.crm_triggers.models import stopping
from odoo.addons.crm_triggers.models.queue import claim, tally, worker
from odoo.service import server
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStopping(CrmTriggersCommon):
    """On shutdown a server does not wait for a thousand steps; the log shows what workers do."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(patch.object(server, "server", type("Threaded", (), {})()))
        self.enterContext(patch.object(claim, "BATCH", 2))
        self.enterContext(patch.object(claim, "HEAVY_BATCH", 2))

    def _stop_server(self):
        self.server.quit_signals_received = 1

    @contextmanager
    def _stopping_after_the_first_batch(self):
        executions = type(self.env["crm.trigger.execution"])
        carry_out = executions._carry_out_by_step

        def carry_out_and_stop(batch, interruptions=0):
            started_ids = carry_out(batch, interruptions)
            self._stop_server()
            return started_ids

        with patch.object(executions, "_carry_out_by_step", carry_out_and_stop):
            yield

    def _count(self, leads, state):
        return len(self._get_executions(leads).filtered(lambda line: line.state == state))

    # Knowing it

    def test_signal_is_known_in_a_server_of_threads_and_in_one_of_processes(self):
        self.assertFalse(stopping.is_stopping())
        self._stop_server()
        self.assertTrue(stopping.is_stopping())

        worker = object.__new__(server.Worker)
        for alive in (True, False):
            worker.alive = alive
            thread = type("Thread", (), {"_target": worker._runloop})()
            with patch.object(stopping, "current_thread", lambda thread=thread: thread):
                self.assertEqual(stopping.is_stopping(), not alive)

    # The worker

    def test_worker_ends_after_the_batch_at_hand_and_comes_back(self):
        """Fails without ``is_stopping`` in ``_go_on``."""
        self._rule_on_offer()
        leads = self._create_leads(9)
        self._drag(leads, self.stage_offer)
        cron = self.env.ref("crm_triggers.ir_cron_execute")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()

        with self._stopping_after_the_first_batch():
            self._run_worker()

        self.assertEqual((self._count(leads, "done"), self._count(leads, "scheduled")), (2, 7))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.assertFalse(self.env["crm.trigger.attempt"].search([]))
        del self.server.quit_signals_received
        self._run_worker()
        self.assertEqual(self._count(leads, "done"), 9)

    def test_batch_that_takes_long_is_undone_and_done_later(self):
        """Fails without ``until_stopped``: SIGTERM waits for the rest of the batch."""
        self._rule_on_offer()
        leads = self._create_leads(2)
        self._drag(leads, self.stage_offer)
        steps = type(self.env["crm.trigger.step"])
        act = steps._act

        asked = []

        def act_slowly(step, executions):
            act(step, executions)
            self._stop_server()
            for _second in range(30):
                asked.append(step.env.cr.execute("SELECT 1"))
            return {}

        with patch.object(steps, "_act", act_slowly), patch.object(stopping, "monotonic", Mock(side_effect=count())):
            self._run_worker()

        self.assertLess(len(asked), 3)
        self.assertEqual(self._count(leads, "scheduled"), 2)
        self.assertFalse(leads.activity_ids)
        self.assertEqual(set(self._get_executions(leads).mapped("attempts")), {0}, "nobody is to blame")
        del self.server.quit_signals_received
        self._run_worker()
        self.assertEqual([len(lead.activity_ids) for lead in leads], [1, 1])

    def test_what_may_have_reached_others_is_not_undone(self):
        """An administrator's code may have had external effects by now. Fails without ``_may_be_undone``."""
        rule = self._rule_on_offer([self._code("record['referred'] = 'called'")], user=self.admin)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        steps = type(rule.step_ids)
        run = steps._act_server_action

        def run_and_stop(step, executions):
            self._stop_server()
            return run(step, executions)

        with (
            patch.object(steps, "_act_server_action", run_and_stop),
            patch.object(stopping, "monotonic", Mock(side_effect=count())),
        ):
            self._run_worker()

        self.assertEqual((lead.referred, self._count(lead, "done")), ("called", 1))

    def test_code_that_takes_long_is_waited_for_once(self):
        """A batch of code is not undone, so it is done in parts. Fails without ``_act_in_parts``."""
        self.enterContext(patch.object(claim, "HEAVY_BATCH", 50))
        self.enterContext(patch.object(worker, "FIRST_PART", 1))
        self.enterContext(patch.dict(worker._PARTS, clear=True))
        rule = self._rule_on_offer([self._code("record['referred'] = 'called'")], user=self.admin)
        leads = self._create_leads(5)
        self._drag(leads, self.stage_offer)
        steps = type(rule.step_ids)
        run = steps._act_server_action

        def run_and_stop(step, executions):
            self._stop_server()
            return run(step, executions)

        with patch.object(steps, "_act_server_action", run_and_stop):
            self._run_worker()

        self.assertEqual((self._count(leads, "done"), self._count(leads, "scheduled")), (1, 4))
        del self.server.quit_signals_received
        self._run_worker()
        self.assertEqual(self._count(leads, "done"), 5)

    # The clock

    def test_clock_ends_after_the_look_at_hand_and_comes_back(self):
        """Fails without ``is_stopping`` in ``_cron_sweep``."""
        for days in (10, 9):
            self._rule_before_deadline(days)
        leads = self._create_leads(2, date_deadline="2026-02-20")
        self._move_to("2026-02-11 09:00:00")
        cron = self.env.ref("crm_triggers.ir_cron_sweep")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        self._stop_server()

        self._run_sweep()

        self.assertFalse(self._get_executions(leads))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        progress = self.env["ir.cron.progress"].search([("cron_id", "=", cron.id)], order="id desc", limit=1)
        self.assertFalse(progress.remaining, "Odoo would repeat it for ten seconds")
        del self.server.quit_signals_received
        self._run_sweep()
        self.assertTrue(self._get_executions(leads))

    # The log

    def _listen(self):
        """Return a function that returns what was written into the log since it was called last."""
        self.enterContext(patch.dict(tally._TALLIES, clear=True))
        info = self.enterContext(patch.object(tally, "_logger")).info

        def read():
            lines = [call.args[0] % call.args[1:] for call in info.call_args_list]
            info.reset_mock()
            return lines

        return read

    def test_log_has_a_line_a_batch_and_one_a_minute_at_most(self):
        """Fails without ``get_tally`` in ``_carry_out``."""
        read = self._listen()
        self._rule_on_offer()
        self._drag(self._create_leads(5), self.stage_offer)

        self._run_worker()
        (line,) = read()
        self.assertIn("Carried out 2 step(s) of triggers in 1 batch(es)", line)

        self._drag(self._create_leads(1), self.stage_offer)
        with patch.object(tally, "monotonic", lambda: monotonic() + 61):
            self._run_worker()
        (line,) = read()
        self.assertIn("4 step(s) of triggers in 3 batch(es)", line)

    def test_log_is_silent_while_nothing_is_due(self):
        read = self._listen()
        self._rule_on_offer()

        self._run_worker()

        self.assertFalse(read())
