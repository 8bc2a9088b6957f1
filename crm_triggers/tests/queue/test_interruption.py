from unittest.mock import patch

from odoo.addons.crm_triggers.engine.retry import MAX_INTERRUPTIONS
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import CommittedCase
from ..common import code_step

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


class Killed(BaseException):
    """Stands for the end of a process: nothing catches it."""


@tagged("post_install", "-at_install")
class TestInterruption(CommittedCase):
    """A worker that is killed leaves nothing half done, and no step kills workers forever."""

    def _work_and_die(self, at=None):
        """Let a worker carry out what is due; the record called ``at`` takes it down.

        :return: the names of the records it came to
        """
        seen = []

        def act(step, executions):
            for record in step._get_records(executions):
                seen.append(record.name)
                if record.name == at:
                    raise Killed
            return act_origin(step, executions)

        with self._env() as env:
            step_class = type(env["crm.trigger.step"])
        act_origin = step_class._act
        with patch.object(step_class, "_act", act):
            try:
                self._work()
            except Killed:
                seen.append("killed")
        return seen

    def test_killed_with_work_claimed_does_all_once(self):
        """Promises 1 and 2, kill -9: the claim is a lock that dies with its process."""
        self._create_rule()
        lead_ids = self._create_leads(3)
        self._drag(lead_ids)

        with self._worker_process("claimed"):
            self._work()
            self.assertEqual(self._get_tasks(lead_ids), [0, 0, 0], "the other worker holds them")
        self._work()

        self.assertEqual(self._get_tasks(lead_ids), [1, 1, 1])
        self.assertEqual(self._get_states(), {"done": 3})

    def test_killed_between_act_and_mark_does_all_once(self):
        """Promises 1 and 2, kill -9. Fails when ``_act`` commits what a step did before it marks."""
        self._create_rule()
        lead_ids = self._create_leads(3)
        self._drag(lead_ids)

        with self._worker_process("acted"):
            pass
        self._work()

        self.assertEqual(self._get_tasks(lead_ids), [1, 1, 1])
        self.assertEqual(self._get_states(), {"done": 3})
        self.assertFalse(self._get_interruptions(), "what was done is no longer under suspicion")

    def test_postgresql_gone_between_act_and_mark_does_all_once(self):
        """Promises 1 and 2; ``./dev torture restart`` stops a whole PostgreSQL."""
        self._create_rule()
        lead_ids = self._create_leads(3)
        self._drag(lead_ids)

        with self._worker_process("acted") as process, self._env() as env:
            mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
            env.cr.execute(mine, [f"odoo-{process.pid}"])
            self.assertTrue(env.cr.rowcount)
        self._work()

        self.assertEqual(self._get_tasks(lead_ids), [1, 1, 1])
        self.assertEqual(self._get_states(), {"done": 3})

    def test_killed_before_it_forgot_leaves_no_note_for_ever(self):
        """Done and committed, and the note still there: nobody would ever come back to it."""
        self._create_rule()
        self._drag(self._create_leads(1))
        with self._env() as env:
            attempts_class = type(env["crm.trigger.attempt"])
        begin_origin = attempts_class._begin

        def begin(attempts, executions, ended):
            if ended:
                raise Killed
            return begin_origin(attempts, executions, ended)

        with patch.object(attempts_class, "_begin", begin), self.assertRaises(Killed):
            self._work()
        self._drag(self._create_leads(1))
        self._work_and_die("Lead 0")
        self.assertEqual(self._get_states(), {"done": 1, "scheduled": 1})
        self.assertEqual(self._get_interruptions(), [1, 1])

        with self._env() as env:
            env["crm.trigger.attempt"]._gc_ended()

        self.assertEqual(self._get_interruptions(), [1], "what is still to be done is under suspicion")

    def test_killing_step_takes_no_other_along(self):
        """Promise 2. Fails without ``unsuspected`` and ``min`` in ``choose_next``: the others wait for ever."""
        self._create_rule()
        lead_ids = self._create_leads(3)
        self._drag(lead_ids)

        self.assertEqual(self._work_and_die("Lead 1"), ["Lead 0", "Lead 1", "killed"])
        later = self._create_leads(1)
        self._drag(later)
        self.assertEqual(self._work_and_die("Lead 1"), ["Lead 0", "Lead 0", "Lead 1", "killed"])
        self.assertEqual(self._work_and_die("Lead 1"), ["Lead 2", "Lead 1", "killed"])

        self.assertEqual(self._get_tasks(lead_ids + later), [1, 0, 1, 1])

    def test_120_interrupted_together_are_done_in_few_batches(self):
        """A worker killed while it did 120 leaves 120 suspects. Fails with one at a time in ``choose_next``."""
        self._create_rule()
        lead_ids = self._create_leads(120)
        self._drag(lead_ids)
        with self._worker_process("acted"):
            pass
        batches = []
        with self._env() as env:
            step_class = type(env["crm.trigger.step"])
        act_origin = step_class._act

        def act(step, executions):
            batches.append(len(executions))
            return act_origin(step, executions)

        with patch.object(step_class, "_act", act):
            self._work()

        self.assertEqual(batches, [15] * 8)
        self.assertEqual(self._get_tasks(lead_ids), [1] * 120)
        self.assertFalse(self._get_interruptions())

    def test_killing_step_among_many_is_found_and_the_others_are_done(self):
        """Promise 2; fails without ``excluded.size`` in ``_sql_note``."""
        self._create_rule()
        lead_ids = self._create_leads(100)
        self._drag(lead_ids)

        kills = ["killed" in self._work_and_die("Lead 57") for _turn in range(5)]

        self.assertEqual(kills, [True] * 4 + [False], "with 100, with 12, twice alone")
        self.assertEqual(self._get_states(), {"done": 99, "error": 1})
        self.assertEqual(self._get_tasks(lead_ids), [int(i != 57) for i in range(100)])
        self.assertFalse(self._get_interruptions())

    def test_killing_step_is_given_up_and_its_owner_told(self):
        """Fails without ``MAX_INTERRUPTIONS`` in ``_carry_out_by_step``: every worker dies of it."""
        rule_id = self._create_rule()
        self._drag(self._create_leads(1))

        for _turn in range(MAX_INTERRUPTIONS):
            self.assertEqual(self._work_and_die("Lead 0"), ["Lead 0", "killed"])
        self.assertEqual(self._work_and_die("Lead 0"), [])

        self.assertEqual(self._get_runs(), [("stopped", "error")])
        with self._env() as env:
            rule = env["crm.trigger.rule"].browse(rule_id)
            words = "The worker was interrupted 3 times while doing this step."
            self.assertEqual(rule.run_ids.execution_ids.mapped("error"), [words])
            self.assertIn(words, rule._get_alert().note)
        self.assertFalse(self._get_interruptions())

    def test_killing_step_tried_again_by_hand_begins_afresh(self):
        self._create_rule()
        lead_ids = self._create_leads(1)
        self._drag(lead_ids)
        for _turn in range(MAX_INTERRUPTIONS + 1):
            self._work_and_die("Lead 0")

        with self._env() as env:
            env["crm.trigger.execution"].search(self._domain()).action_retry()
        self._work_and_die()

        self.assertEqual(self._get_tasks(lead_ids), [1])

    @mute_logger(ISOLATION)
    def test_failures_and_conflicts_are_no_interruptions(self):
        """Fails without ``ended`` in ``_begin``."""
        self._create_rule([code_step("raise UserError('No')")])
        self._drag(self._create_leads(2))

        self._work()

        self.assertEqual(self._get_states(), {"scheduled": 2})
        self.assertFalse(self._get_interruptions())

    @mute_logger(ISOLATION)
    def test_step_that_commits_is_done_and_marked_in_one_transaction(self):
        """Promise 1. Fails without ``cr.commit`` in ``acting``: savepoints are gone, nothing is
        ever marked, and what the step did is repeated each minute."""
        self._create_rule(
            [code_step("record['priority'] = '2'\nenv.cr.commit()"), code_step("record.name != 'Lead 1' or fail")]
        )
        lead_ids = self._create_leads(2)
        self._drag(lead_ids)

        self._work()

        self.assertEqual(self._get_states(), {"done": 3, "scheduled": 1})

    @mute_logger(ISOLATION)
    def test_step_that_rolls_back_fails_alone(self):
        """Fails without ``cr.rollback`` in ``acting``: it takes the whole batch along."""
        self._create_rule([code_step("record.name == 'Lead 1' and env.cr.rollback()"), {}])
        lead_ids = self._create_leads(3)
        self._drag(lead_ids)

        self._work()

        self.assertEqual(self._get_tasks(lead_ids), [1, 0, 1])
        with self._env() as env:
            error = env["crm.trigger.execution"].search([*self._domain(), ("state", "=", "scheduled")]).error
            self.assertIn("A step cannot roll back", error)
