from contextlib import nullcontext
from unittest.mock import patch

import psycopg2
from psycopg2.errors import SerializationFailure
from psycopg2.pool import PoolError

from odoo.addons.crm_triggers.models.evaluation.one_model import OneRule
from odoo.addons.crm_triggers.models.isolation import isolated
from odoo.addons.crm_triggers.models.run.crm_trigger_run import DRAIN_LIMIT, MAX_DEPTH
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


@tagged("post_install", "-at_install")
class TestIsolation(BaseCase):
    """The one place where any exception is caught."""

    def test_failure_is_logged_with_what_failed(self):
        with self.assertLogs(ISOLATION, "ERROR") as logs, isolated(nullcontext(), "The sum"):
            raise ZeroDivisionError

        self.assertIn("The sum failed", logs.output[0])

    def test_failure_is_given_to_who_asks_for_it(self):
        errors = []

        with isolated(nullcontext(), "The sum", errors.append):
            raise ZeroDivisionError

        self.assertIsInstance(errors[0], ZeroDivisionError)

    def test_concurrency_error_is_passed_on_so_that_the_request_is_retried(self):
        with self.assertRaises(SerializationFailure), isolated(nullcontext(), "The sum"):
            raise SerializationFailure

    def test_concurrency_error_is_caught_where_nobody_retries(self):
        with self.assertLogs(ISOLATION, "ERROR"), isolated(nullcontext(), "The sum", pass_on=()):
            raise SerializationFailure


@tagged("post_install", "-at_install")
class TestSafety(CrmTriggersCommon):
    """Rules never block a save, and do not run in circles."""

    def _break(self, rule, domain):
        """Put a domain that no form accepts, as a deleted field or a restored backup does."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", [domain, rule.id])
        self.env.invalidate_all()

    def _get_running_rules(self, lead):
        return self._get_runs(lead).filtered(lambda run: run.state == "running").rule_id

    def test_broken_conditions_found_when_reading_rules_leave_the_save_and_the_other_rules_be(self):
        """Promise 3. Fails without ``isolated`` in ``_get_watch``."""
        for domain in ("[('x_gone', '=', 1)]", "[(", "[('stage_id', '=', unknown)]", "[1, 2]", "{'a': 1}"):
            with self.subTest(domain=domain), mute_logger(ISOLATION):
                broken, sound = self._rule_on_offer(), self._rule_on_offer()
                self._break(broken, domain)
                self.env.registry.clear_cache()
                lead = self._create_lead()

                self._drag(lead, self.stage_offer)

                self.assertEqual(lead.stage_id, self.stage_offer)
                self.assertEqual(self._get_running_rules(lead), sound)
                (broken | sound).action_draft()

    def test_broken_conditions_found_when_deciding_leave_the_save_and_the_other_rules_be(self):
        """Promise 3. Fails without ``_isolated_for``."""
        broken, sound = self._rule_on_offer(), self._rule_on_offer()
        lead = self._create_lead()
        self._break(broken, str([("stage_id", "=", self.stage_offer.id), ("x_gone", "=", 1)]))
        self.env.registry.clear_cache()  # as when an add-on goes

        with self.assertLogs(ISOLATION, "ERROR") as logs:
            self._drag(lead, self.stage_offer)

        self.assertIn(f"Rule {broken.id}: deciding failed", logs.output[0])
        self.assertEqual(lead.stage_id, self.stage_offer)
        self.assertEqual(self._get_running_rules(lead), sound)

    def test_error_of_the_database_when_deciding_leaves_the_save_be(self):
        """Promise 3: the savepoint, not only the ``except``."""
        self._rule_on_offer()
        lead = self._create_lead()

        def fail(one):
            one.rule.env.cr.execute("SELECT 1 / 0")

        with patch.object(OneRule, "would_start", fail), mute_logger(ISOLATION, "odoo.sql_db"):
            self._drag(lead, self.stage_offer)

        self.assertEqual(lead.stage_id, self.stage_offer)

    def test_error_when_deciding_on_a_model_leaves_the_save_be(self):
        """Promise 3. Fails without ``isolated`` in ``_decide_changes``."""
        rule = self._rule_on_offer()
        lead = self._create_lead()

        with (
            patch.object(type(rule), "_read_watched", side_effect=ZeroDivisionError),
            self.assertLogs(ISOLATION, "ERROR"),
        ):
            self._drag(lead, self.stage_offer)

        self.assertEqual(lead.stage_id, self.stage_offer)

    @mute_logger(ISOLATION)
    def test_broken_conditions_when_carrying_out_are_a_failed_try(self):
        rule = self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._break(rule, "[('x_gone', '=', 1)]")

        self._run_worker()

        self.assertExecutions(lead, [("Call", "scheduled")])
        self.assertEqual(self._get_executions(lead).attempts, 1)

    @mute_logger(ISOLATION, "odoo.addons.crm_triggers.models.queue.worker")
    def test_step_that_cannot_be_planned_stops_its_run_and_leaves_the_worker_be(self):
        """Fails without ``_get_due_times``: the error was that of the whole batch."""
        rule = self._rule_on_offer([self._task("First", sequence=1), self._task("Never", sequence=2, delay_count=1)])
        # Refused on screen since; a step made before that may have it.
        self.env.cr.execute("UPDATE crm_trigger_step SET delay_count = %s WHERE id = %s", (10**7, rule.step_ids[1].id))
        rule.step_ids.invalidate_recordset()
        self._rule_on_offer([self._task("Other")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_worker()

        self.assertExecutions(lead, [("First", "done"), ("Other", "done")])
        first, _other = self._get_runs(lead)
        self.assertEqual((first.state, first.stop_reason), ("stopped", "error"))
        self.assertIn("OverflowError", first.error)

    def test_date_outside_the_calendar_leaves_the_save_be(self):
        """A typing mistake in a year: the due time overflows."""
        self._create_rule("date", date="date_deadline", trg_date_range=1, trg_date_range_mode="after")
        lead = self._create_lead()

        with mute_logger(ISOLATION):
            lead.date_deadline = "9999-12-31"
            self._new_transaction()

        self.assertEqual(str(lead.date_deadline), "9999-12-31")

    def test_worker_without_connection_leaves_the_save_be(self):
        """Promise 3: what waits for the commit opens a cursor of its own. Fails when it does so
        outside ``isolated``."""
        self._rule_on_offer()
        lead = self._create_lead()
        lead.stage_id = self.stage_offer
        self.enterContext(patch(f"{ISOLATION}._SHORT", False))  # logged once per process

        with patch.object(Registry, "cursor", side_effect=PoolError("full")), self.assertLogs(ISOLATION, "ERROR"):
            self._new_transaction()
            self.env.cr.postcommit.run()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_deleted_worker_leaves_the_save_be(self):
        """Promise 3: many runs schedule the worker, whose job was deleted."""
        self._rule_on_offer()
        leads = self._create_leads(DRAIN_LIMIT + 1)
        self.env.ref("crm_triggers.ir_cron_execute").unlink()

        with self.assertLogs(ISOLATION, "ERROR"):
            self._drag(leads, self.stage_offer)

        self.assertEqual(leads.stage_id, self.stage_offer)
        self.assertEqual(len(self._get_runs(leads)), len(leads))

    def test_date_outside_the_calendar_leaves_the_other_records_be(self):
        """Promise 2. Fails without ``OverflowError`` in ``DateRule.verdict``."""
        self._create_rule("date", date="date_deadline", trg_date_range=1, trg_date_range_mode="after")

        typo, sound = self.env["crm.lead"].create(
            [{"name": "Typo", "date_deadline": "9999-12-31"}, {"name": "Sound", "date_deadline": "2026-01-30"}]
        )
        self._new_transaction()

        self.assertFalse(self._get_runs(typo))
        self.assertTrue(self._get_runs(sound))

    def test_error_text_that_no_column_holds_leaves_the_worker_be(self):
        """Fails without the replacement in ``describe``: nothing is done for ever."""
        self._rule_on_offer([self._code(r"raise UserError('a\x00b')")], user=self.admin)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_worker()

        self.assertEqual(self._get_executions(lead).attempts, 1)

    def test_rule_does_not_start_by_its_own_steps(self):
        """Fails without ``acting.rule_id`` in ``would_start``."""
        self._create_rule(
            steps=[self._update("priority", "1", sequence=1), self._update("priority", "3", sequence=2)],
            filter_domain=[("priority", "=", "3")],
            keep_matching=False,
        )
        lead = self._create_lead(priority="3")

        self._run_worker()

        self.assertExecutions(lead, [("Update", "done"), ("Update", "done")])
        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_rule_starts_by_the_steps_of_another_and_knows_where_it_came_from(self):
        """Fails without ``acting`` in ``_carry_out``."""
        self._rule_on_offer([self._update("priority", "3")])
        second_rule = self._create_rule(filter_domain=[("priority", "=", "3")])
        lead = self._create_lead(priority="0")

        self._drag(lead, self.stage_offer)
        self._run_worker()

        first, second = self._get_runs(lead)
        self.assertEqual((second.rule_id, second.depth), (second_rule, 1))
        self.assertEqual(second.origin_execution_id, first.execution_ids)
        self.assertExecutions(lead, [("Update", "done"), ("Call", "done")])

    def test_rule_starts_by_the_task_of_another(self):
        """The chain goes through other models: it hangs on the cursor."""
        self._rule_on_offer([self._task("Look")])
        task_rule = self._create_rule(
            "create",
            [self._code("record.summary")],
            model="mail.activity",
            filter_domain=[("summary", "=", "Look")],
            user=self.admin,
        )
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        activity_run = task_rule.run_ids
        self.assertEqual((activity_run.depth, activity_run.origin_execution_id), (1, self._get_executions(lead)))

    def test_rules_in_a_circle_stop_at_the_greatest_depth(self):
        """Fails without ``STOP_DEPTH`` in ``_start``: the worker never ends."""
        for value, other in (("1", "2"), ("2", "1")):
            self._create_rule(steps=[self._update("priority", other)], filter_domain=[("priority", "=", value)])
        lead = self._create_lead(priority="0")

        lead.priority = "1"
        self._run_worker()

        runs = self._get_runs(lead)
        self.assertEqual(runs.mapped("depth"), list(range(MAX_DEPTH + 2)))
        self.assertEqual((runs[-1].state, runs[-1].stop_reason), ("stopped", "depth"))
        self.assertFalse(runs[-1].execution_ids)

    def test_same_occurrence_starts_one_run(self):
        """Promise 1: held by the key, not by care. Fails without ``ON CONFLICT``."""
        rule = self._create_rule("manual")
        lead = self._create_lead()

        first = rule._enter({lead.id: "a"})
        second = rule._enter({lead.id: "a"})

        self.assertEqual((len(first), len(second)), (1, 0))

    @mute_logger("odoo.sql_db")
    def test_same_occurrence_is_refused_by_the_database(self):
        """Promise 1. Fails without the unique index."""
        rule = self._create_rule("manual")
        lead = self._create_lead()
        run = rule._enter({lead.id: "a"})

        with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            run.copy({"occurrence": "a"})

    def test_rules_look_at_each_other_never(self):
        with self.assertRaisesRegex(Exception, "triggers themselves"):
            model_id = self.env["ir.model"]._get_id("crm.trigger.run")
            self.env["crm.trigger.rule"].create({"name": "Rule", "model_id": model_id, "trigger": "create"})
