import threading
from functools import partial
from time import monotonic
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import PATIENCE, CommittedCase
from ..common import code_step

MODELS = "odoo.addons.crm_triggers.models"


@tagged("post_install", "-at_install")
class TestConcurrency(CommittedCase):
    """Workers, users and the clock on separate connections, with committed records."""

    def test_two_workers_do_200_tasks_once(self):
        """Promise 1, held twice: by the claim, and by the isolation of transactions, for who marks a
        row second begins again. Fails without the claim's lock when ``_act`` commits before it marks."""
        self._create_rule()
        lead_ids = self._create_leads(200)
        self._drag(lead_ids)
        both, done = threading.Barrier(2), {}
        origin = self.registry["crm.trigger.execution"]._carry_out_by_step

        def carry_out(executions, *args):
            worker = threading.get_ident()
            if worker not in done:
                both.wait(PATIENCE)  # both hold a batch
            done[worker] = done.get(worker, 0) + len(executions)
            return origin(executions, *args)

        patcher = patch.object(self.registry["crm.trigger.execution"], "_carry_out_by_step", carry_out)
        with patch(f"{MODELS}.queue.claim.BATCH", 50), patcher, self._thread(self._work):
            self._work()

        self.assertEqual(self._get_tasks(lead_ids), [1] * 200)
        self.assertEqual(self._get_states(), {"done": 200})
        self.assertEqual(len(done), 2, "both worked")
        self.assertFalse(self._get_interruptions())

    def test_drain_is_done_by_the_saving_thread_after_its_commit(self):
        """Promise 3: on a separate cursor, after the commit. Fails without ``postcommit`` in ``_wake``."""
        self._create_rule()
        (lead_id,) = self._create_leads(1)
        came, may_go = self._pause("crm.trigger.execution", "_carry_out")

        def save():
            with self._env() as env:
                env["crm.lead"].browse(lead_id).stage_id = self.stage_offer

        with self._thread(save):
            self.assertTrue(came.wait(PATIENCE))
            with self._env() as env:
                self.assertEqual(env["crm.lead"].browse(lead_id).stage_id.id, self.stage_offer, "saved already")
            may_go.set()

        self.assertEqual(self._get_tasks([lead_id]), [1])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_save_repeated_by_odoo_after_a_conflict_starts_one_run(self):
        """Promise 1. Fails when what was captured survives the rollback, or when ``isolated`` swallows
        the conflict (``pass_on``): then nothing is repeated, and nothing fires."""
        self._create_rule()
        (lead_id,) = self._create_leads(1)
        turns = []

        def save(env):
            lead = env["crm.lead"].browse(lead_id)
            lead.read(["name"])
            turns.append(lead)
            if len(turns) == 1:
                with self._env() as other:
                    other["crm.lead"].browse(lead_id).name = "Renamed meanwhile"
            lead.stage_id = self.stage_offer

        self._retrying(save)

        self.assertEqual(len(turns), 2)
        self.assertEqual(self._get_runs(), [("done", False)])
        self.assertEqual(self._get_tasks([lead_id]), [1])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_conflict_met_while_deciding_repeats_the_save(self):
        """Invariant 2. Two transactions start the same occurrence at once: the key decides, and the
        second is repeated. Fails without ``pass_on`` in ``isolated``: the save goes through, its rule is missed."""
        hours = {"trg_date_id": self._get_deadline_id(), "date_hour": 0}  # due, whatever time it is here
        rule_id = self._create_rule(trigger="date", filter_domain="[]", **hours)
        (lead_id,) = self._create_leads(1)
        came, may_go = self._pause("crm.trigger.run", "_start", after=True)
        turns = []

        def save(env):
            turns.append(monotonic())
            env["crm.lead"].browse(lead_id).date_deadline = fields.Date.today()

        def sweep():
            with self._env() as env:
                rule = env["crm.trigger.rule"].browse(rule_id)
                rule._enter({lead_id: None}, {lead_id: fields.Date.today()})

        with self._thread(sweep):
            self.assertTrue(came.wait(PATIENCE))
            with self._thread(self._retrying, save):
                self._wait_until_blocked()
                may_go.set()

        self.assertEqual(len(turns), 2)
        self.assertEqual(len(self._get_runs()), 1)

    def _get_deadline_id(self):
        with self._env() as env:
            return env["ir.model.fields"]._get("crm.lead", "date_deadline").id

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_people_put_a_record_into_a_scenario_under_the_same_key(self):
        """Promise 1. Fails without the unique index ``_once``."""
        rule_id = self._create_rule(trigger="manual", filter_domain="[]")
        (lead_id,) = self._create_leads(1)
        came, may_go = self._pause("crm.trigger.run", "_start", after=True)

        def enroll(env):
            rule = env["crm.trigger.rule"].browse(rule_id)
            rule.enroll(env["crm.lead"].browse(lead_id), key="fair")

        with self._thread(self._retrying, enroll):
            self.assertTrue(came.wait(PATIENCE))
            with self._thread(self._retrying, enroll):
                self._wait_until_blocked()
                may_go.set()

        self.assertEqual(self._get_runs(), [("done", False)])
        self.assertEqual(self._get_tasks([lead_id]), [1])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_people_drag_two_cards_of_one_contact(self):
        """Z26: at most once a day for Ada, although neither sees the other's. Fails without
        ``pace_key`` in ``_hold_back``."""
        self._create_rule(limit_count=1, limit_period="day")
        lead_ids = self._create_leads(2)
        with self._env() as env:
            partner = env["res.partner"].create({"name": self._testMethodName})
            env["crm.lead"].browse(lead_ids).partner_id = partner
            self.addCleanup(self._delete, "res.partner", partner.id)
        came, may_go = self._pause("crm.trigger.run", "_start", after=True)

        def drag(lead_id, env):
            env["crm.lead"].browse(lead_id).stage_id = self.stage_offer
            env.cr.flush()

        with self._thread(self._retrying, partial(drag, lead_ids[0])):
            self.assertTrue(came.wait(PATIENCE))
            with self._thread(self._retrying, partial(drag, lead_ids[1])):
                self._wait_until_blocked()
                may_go.set()
        self._work()

        self.assertCountEqual(self._get_runs(), [("done", False), ("stopped", "limit")])
        self.assertEqual(sum(self._get_tasks(lead_ids)), 1)

    def _delete(self, model_name, res_id):
        with self._env() as env:
            env[model_name].browse(res_id).unlink()

    def test_card_dragged_away_while_a_worker_is_at_it(self):
        """Promises 3 and 7, invariants 4 and 5: the save does not wait, and the worker, which
        looked before, finds at the end that the run was stopped, undoes and looks again."""
        self._create_rule()
        lead_ids = self._create_leads(2)
        self._drag(lead_ids)
        came, may_go = self._pause("crm.trigger.step", "_act")

        with mute_logger("odoo.sql_db"), self._thread(self._work):
            self.assertTrue(came.wait(PATIENCE))
            with self._env(lock_timeout="1s") as env:
                env["crm.lead"].browse(lead_ids[0]).stage_id = self.stage_new
            may_go.set()

        self.assertEqual(self._get_runs(), [("stopped", "unmatched"), ("done", False)])
        self.assertEqual(self._get_tasks(lead_ids), [0, 1])
        self.assertEqual(self._get_states(), {"cancel": 1, "done": 1})

    def test_paused_while_a_worker_is_at_it(self):
        """Promise 7: the record, or the whole rule. The worker undoes and looks again. Fails without the rule in
        ``_meet_stops``, and without ``create`` of the pause."""
        rule_id = self._create_rule([{}, {"delay_count": 30}])
        for pause in (
            lambda env, lead_id: env["crm.lead"].browse(lead_id).action_crm_trigger_pause(),
            lambda env, lead_id: env["crm.trigger.rule"].browse(rule_id).action_pause(),
        ):
            (lead_id,) = self._create_leads(1)
            self._drag(lead_id)
            came, may_go = self._pause("crm.trigger.step", "_act")

            with mute_logger("odoo.sql_db"), self._thread(self._work):
                self.assertTrue(came.wait(PATIENCE))
                with self._env(lock_timeout="1s") as env:
                    pause(env, lead_id)
                may_go.set()

            self.assertEqual(self._get_tasks([lead_id]), [0])
            with self._env() as env:
                lines = env["crm.trigger.execution"].search([*self._domain(), ("res_id", "=", lead_id)])
                self.assertEqual(lines.mapped("state"), ["scheduled"])
                env["crm.trigger.pause"].search([("res_id", "=", lead_id)]).unlink()
                lines.run_id._stop("manual")

    def test_card_dragged_away_while_a_worker_is_at_its_first_step(self):
        """Promise 7: nothing stays planned in a stopped run. Fails without ``_meet_stops``."""
        self._create_rule([{}, {"delay_count": 30}])
        (lead_id,) = self._create_leads(1)
        self._drag(lead_id)
        came, may_go = self._pause("crm.trigger.step", "_act")

        with mute_logger("odoo.sql_db"), self._thread(self._work):
            self.assertTrue(came.wait(PATIENCE))
            self._drag(lead_id, self.stage_new)
            may_go.set()

        self.assertEqual(self._get_runs(), [("stopped", "unmatched")])
        self.assertEqual(self._get_states(), {"cancel": 1})
        self.assertEqual(self._get_tasks([lead_id]), [0])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_person_saves_what_a_worker_is_writing(self):
        """Promise 3: a person waits for a worker no longer than for a colleague; one of both
        begins again, and the step is done once."""
        self._create_rule([code_step("record['color'] += 1")])
        (lead_id,) = self._create_leads(1)
        self._drag(lead_id)
        came, may_go = self._pause("crm.trigger.step", "_act", after=True)
        turns = []

        def save(env):
            turns.append(env)
            env["crm.lead"].browse(lead_id).name = "Saved"

        with self._thread(self._work):
            self.assertTrue(came.wait(PATIENCE))
            with self._thread(self._retrying, save):
                self._wait_until_blocked()
                may_go.set()

        self.assertEqual(len(turns), 2)
        with self._env() as env:
            self.assertEqual(env["crm.lead"].browse(lead_id).read(["name", "color"])[0]["color"], 1)
            self.assertEqual(env["crm.lead"].browse(lead_id).name, "Saved")
        self.assertEqual(self._get_states(), {"done": 1})

    def test_person_saves_first_what_a_worker_is_about_to_write(self):
        """Promise 1: the worker's batch is undone as a whole and done again, once. Fails when
        ``_work`` does not catch conflicts."""
        self._create_rule([code_step("record['color'] += 1"), {}])
        lead_ids = self._create_leads(2)
        self._drag(lead_ids)
        came, may_go = self._pause("crm.trigger.step", "_act")

        with mute_logger("odoo.sql_db"), self._thread(self._work):
            self.assertTrue(came.wait(PATIENCE))
            with self._env(lock_timeout="1s") as env:
                env["crm.lead"].browse(lead_ids[0]).name = "Saved"
            may_go.set()

        self.assertEqual(self._get_tasks(lead_ids), [1, 1])
        with self._env() as env:
            self.assertEqual(env["crm.lead"].browse(lead_ids).mapped("color"), [1, 1])
        self.assertEqual(self._get_states(), {"done": 4})
        self.assertFalse(self._get_interruptions(), "a conflict is no interruption")

    def test_save_of_a_record_claimed_and_not_yet_written_does_not_wait(self):
        """Promise 3: a claim locks executions, never records."""
        self._create_rule([code_step("record['color'] += 1")])
        (lead_id,) = self._create_leads(1)
        self._drag(lead_id)

        with self._env() as worker, self._env(lock_timeout="200ms") as person:
            self.assertTrue(worker["crm.trigger.execution"]._claim())
            person["crm.lead"].browse(lead_id).name = "Saved"
            try:
                person.flush_all()
            except psycopg2.errors.LockNotAvailable:
                self.fail("the save waits")
