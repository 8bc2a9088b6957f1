import threading
from contextlib import contextmanager, nullcontext
from time import monotonic
from unittest.mock import patch

from odoo.addons.crm_triggers.engine.retry import MAX_ATTEMPTS
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import PATIENCE, SOON, InTheWayCase
from ..common import code_step

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
LOGS = (ISOLATION, "odoo.sql_db")
ALERT = "odoo.addons.crm_triggers.models.rule.alert"
# Another program changes the record at the same moment, each time.
POISON = """
if record.name == 'Lead 3':
    other_cr = env.registry.cursor()
    env(cr=other_cr)['crm.lead'].browse(record.id).write({'city': 'elsewhere'})
    other_cr.commit()
    other_cr.close()
record.write({'color': 7})
"""
LOCKED = "env.cr.execute('SELECT FROM res_partner WHERE id = %s FOR UPDATE NOWAIT', [record.partner_id.id])"


@tagged("post_install", "-at_install")
class TestWorkerInTheWay(InTheWayCase):
    """One bad unit of work stops nothing else: attempts are counted whatever the error."""

    def _create_other(self):
        """Return the rule whose steps come after those of the first, and are not affected."""
        return self._create_rule([{}], filter_domain=str([("stage_id", "=", self.stage_offer), ("color", "=", 1)]))

    def _create_leads_of_other(self, count):
        lead_ids = self._create_leads(count)
        with self._env() as env:
            env["crm.lead"].browse(lead_ids).color = 1
        return lead_ids

    def _create_poison(self, code=POISON):
        return self._create_rule(
            [code_step(code)], filter_domain=str([("stage_id", "=", self.stage_offer), ("color", "!=", 1)])
        )

    @mute_logger(*LOGS)
    def test_step_that_meets_a_conflict_each_time_is_counted_and_given_up(self):
        """Line 4. Fails without ``_meet_conflict`` in ``Loop``: retried forever, without being counted or reported."""
        rule_id, other_id = self._create_poison(POISON.replace("'Lead 3'", "'Lead 0'")), self._create_other()
        self._drag(self._create_leads(1))
        self._drag(self._create_leads_of_other(5))

        for attempt in range(1, MAX_ATTEMPTS + 1):
            self._work()
            self.assertEqual(self._read(rule_id, "attempts"), [(attempt,)])
            self.assertEqual(self._read(other_id, "state"), [("done",)] * 5)
            self._make_due()
        self._work()

        [(state, error)] = self._read(rule_id, "state", "error")
        self.assertEqual(state, "error")
        self.assertIn("Another operation was changing the same records", error)
        self.assertFalse(self._get_interruptions(), "a conflict is no interruption")
        with self._env() as env:
            self.assertIn(
                "Steps of this rule fail", env["crm.trigger.rule"].browse(rule_id).activity_ids.mapped("summary")
            )

    @mute_logger(*LOGS)
    def test_one_record_in_conflict_is_found_among_many_and_the_others_are_done(self):
        """Line 4: by ever smaller parts, in one go. Fails when the batch is put off as a whole."""
        rule_id = self._create_poison()
        self._drag(self._create_leads(20))

        self._work()

        lines = self._read(rule_id, "record_name", "state", "attempts")
        self.assertEqual([name for name, state, _attempts in lines if state != "done"], ["Lead 3"])
        self.assertEqual(sum(attempts for _name, _state, attempts in lines), 1)
        self.assertFalse(self._get_interruptions())

    @mute_logger(*LOGS)
    def test_step_that_refuses_to_wait_is_counted(self):
        """The same for a lock that is asked for without waiting."""
        rule_id, other_id = self._create_poison(LOCKED), self._create_other()
        lead_ids = self._create_leads(1)
        self._give_contact(lead_ids, self.held_id)
        self._drag(lead_ids)
        self._drag(self._create_leads_of_other(2))

        with self._held():
            self._work()
        self.assertEqual(self._read(rule_id, "state", "attempts"), [("scheduled", 1)])
        self.assertEqual(self._read(other_id, "state"), [("done",)] * 2)

        self._make_due()
        self._work()
        self.assertEqual(self._read(rule_id, "state"), [("done",)])

    @mute_logger(*LOGS)
    def test_worker_does_not_wait_for_what_somebody_holds(self):
        """Line 5: others have their turn, what is held is tried again later. Fails without
        ``WORKER_LOCK_TIMEOUT``: it waits, and does nothing else."""
        rule_id, other_id = self._create_poison("record.partner_id.write({'color': 7})"), self._create_other()
        held, free = self._create_leads(1), self._create_leads(1)
        self._give_contact(held, self.held_id)
        self._give_contact(free, self.free_id)
        self._drag(held + free)
        self._drag(self._create_leads_of_other(1))

        with self._held():
            with self._thread(self._work) as thread:
                thread.join(PATIENCE / 2)
                self.assertFalse(thread.is_alive(), "it waits")
            self.assertEqual(self._read(other_id, "state"), [("done",)])
            self.assertEqual(self._read(rule_id, "state", "attempts"), [("scheduled", 1), ("done", 0)])
        self._make_due()
        self._work()

        self.assertEqual(self._read(rule_id, "state"), [("done",)] * 2)

    @mute_logger(*LOGS)
    def test_conflict_that_is_none_of_the_steps_is_no_failure(self):
        """Somebody stops the runs while a worker is at them, again and again: nothing is counted for the
        others."""
        rule_id = self._create_rule()
        lead_ids = self._create_leads(3)
        self._drag(lead_ids)
        steps, turns = self.registry["crm.trigger.step"], []
        origin = steps._act

        def act(step, lines):
            if len(turns) < 2:
                turns.append(lines)
                self._drag(lead_ids[len(turns) - 1], self.stage_new)
            return origin(step, lines)

        with patch.object(steps, "_act", act):
            self._work()

        self.assertEqual(self._read(rule_id, "state", "attempts"), [("cancel", 0), ("cancel", 0), ("done", 0)])

    def test_step_that_took_a_worker_down_comes_after_the_others(self):
        """Line 4, over kill. Fails without ``_get_step_ids`` in ``_remember_aside``."""
        rule_id, other_id = self._create_poison("record['color'] = 7"), self._create_other()
        self._drag(self._create_leads(1))
        self._drag(self._create_leads_of_other(1))
        with self._worker_process("acted"):
            pass
        order = []
        steps = self.registry["crm.trigger.step"]
        origin = steps._act

        def act(step, lines):
            order.append(step.rule_id.id)
            return origin(step, lines)

        with patch.object(steps, "_act", act):
            self._work()

        self.assertEqual(order, [other_id, rule_id])

    @mute_logger(*LOGS)
    def test_worker_does_not_wait_for_a_rule_that_somebody_holds(self):
        """A step fails for the last time, and its rule, to be paused, is being edited: the failure is noted, and the
        next one pauses the rule. Fails without ``_pause_unless_held``."""
        rule_id = self._create_poison(LOCKED)
        lead_ids = self._create_leads(2)
        self._give_contact(lead_ids, self.held_id)
        with patch(f"{ALERT}.keeps_failing", return_value=True), self._held():
            for lead_id, paused in zip(lead_ids, (False, True), strict=True):
                self._drag([lead_id])
                with self._env() as env:
                    lines = env["crm.trigger.execution"].search(self._domain())
                    lines.filtered(lambda line: line.state == "scheduled").attempts = MAX_ATTEMPTS - 1
                with nullcontext() if paused else self._held_rule(rule_id):
                    self.assertLess(self._time(self._work), 3 * SOON)
                with self._env() as env:
                    self.assertEqual(env["crm.trigger.rule"].browse(rule_id).state, "paused" if paused else "live")
        self.assertEqual(self._read(rule_id, "state"), [("error",)] * 2)

    @mute_logger(*LOGS)
    def test_clock_does_not_wait_for_a_rule_that_somebody_holds(self):
        """A rule that cannot work any more is to be paused, and somebody has it open: the others come first.
        Fails without ``in_turn`` in ``_check_health``."""
        rule_id = self._create_rule()
        self._create_rule(filter_domain=str([("partner_id.city", "=", "Lyon")]))
        self._give_contact(self._create_leads(1), self.free_id)
        with self._env() as env:
            env["res.partner"].browse(self.free_id).city = "Lyon"
            broken = "UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s"
            env.cr.execute(broken, ["[('gone', '=', 1)]", rule_id])

        with self._held_rule(rule_id):
            self.assertLess(self._time(self._sweep), 3 * SOON)
        self.assertEqual(len(self._get_runs()), 1)
        self._sweep()
        with self._env() as env:
            self.assertEqual(env["crm.trigger.rule"].browse(rule_id).state, "paused")

    @contextmanager
    def _held_rule(self, rule_id):
        """Lock a rule as somebody who edits it, for as long as a test can wait."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT FROM crm_trigger_rule WHERE id = %s FOR NO KEY UPDATE", [rule_id])
            release = threading.Timer(6 * SOON, cr.rollback)
            release.start()
            yield
            release.cancel()
            release.join()

    def _sweep(self):
        with self._env() as env:
            env["crm.trigger.rule"]._cron_sweep()

    def _time(self, function):
        started = monotonic()
        function()
        return monotonic() - started
