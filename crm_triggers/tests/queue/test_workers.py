from contextlib import contextmanager
from threading import Timer
from time import monotonic
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import api, fields
from odoo.addons.crm_triggers.models.queue import claim
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestWorkers(CrmTriggersCommon):
    """Two workers, each on a separate connection, with committed records."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Two workers"})
            rule = env["crm.trigger.rule"].create(
                {"name": "Two workers", "model_id": env["ir.model"]._get_id("res.partner"), "trigger": "manual"}
            )
            rule.step_ids = [fields.Command.create(self._task(activity_type_id=self.todo.id))]
            rule.state = "live"
            for key in ("a", "b", "c"):
                run_id = env["crm.trigger.run"]._start(rule, {partner.id: key}, {}).ids
                env["crm.trigger.run"].browse(run_id)._plan(rule)
            self.execution_ids = env["crm.trigger.execution"].search([("rule_id", "=", rule.id)], order="id").ids
            self.ids = (rule.id, partner.id)
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["crm.trigger.rule"].browse(self.ids[0]).unlink()
            env["res.partner"].browse(self.ids[1]).unlink()

    @contextmanager
    def _two_connections(self):
        """Yield the environments of two connections; the second hardly waits for the first."""
        with self.registry.cursor() as one, self.registry.cursor() as two:
            two.execute("SET lock_timeout = '200ms'")
            two.commit()  # a rollback would forget it
            try:
                yield [api.Environment(cr, api.SUPERUSER_ID, {}) for cr in (one, two)]
            finally:
                two.rollback()
                two.execute("RESET lock_timeout")

    def test_claim_passes_over_what_another_worker_holds(self):
        """Promise 1. Fails without ``SKIP LOCKED`` (it waits) or ``FOR NO KEY UPDATE`` (it takes them)."""
        with self._two_connections() as (one, two):
            with patch.object(claim, "BATCH", 2):
                first = one["crm.trigger.execution"]._claim()
            second = two["crm.trigger.execution"]._claim()

            self.assertEqual(first.ids, self.execution_ids[:2])
            self.assertEqual(second.ids, self.execution_ids[2:])

    def test_worker_that_only_meets_others_comes_back(self):
        """The queue is not empty. Fails without ``_wake_worker`` in ``_claim``."""
        with self._two_connections() as (one, two):
            triggers = two["ir.cron.trigger"]
            domain = [("cron_id", "=", two.ref("crm_triggers.ir_cron_execute").id)]
            triggers.search(domain).unlink()
            two.cr.commit()
            met = patch.object(type(one["crm.trigger.execution"]), "_sql_due", side_effect=SerializationFailure)

            with met as claims:
                one["crm.trigger.execution"]._work()

            self.assertEqual(claims.call_count, claim.MAX_CONFLICTS)
            self.assertEqual(triggers.search_count(domain), 1)
            triggers.search(domain).unlink()
            two.cr.commit()

    def test_stop_does_not_wait_for_a_worker(self):
        """Promise 3: a save never waits. Fails without ``SKIP LOCKED`` in ``_mark``."""
        with self._two_connections() as (worker, person):
            held = worker["crm.trigger.execution"]._claim()

            person["crm.trigger.execution"].browse(held.ids).run_id._stop("unmatched")

            self.assertEqual(set(person["crm.trigger.execution"].browse(held.ids).mapped("state")), {"scheduled"})

    def test_stop_is_not_lost_while_a_worker_checks_the_run(self):
        """A customer's answer comes once. Fails without ``wait`` in ``_mark_stopped``."""
        with self._two_connections() as (worker, person):
            run = person["crm.trigger.execution"].browse(self.execution_ids).run_id[:1]
            person.cr.execute("SET LOCAL lock_timeout = 0")
            worker.cr.execute("SELECT FROM crm_trigger_run WHERE id = %s FOR SHARE", run.ids)
            checked = Timer(0.2, worker.cr.rollback)
            checked.start()

            run._stop("answered")
            checked.join()

            self.assertEqual((run.state, run.stop_reason), ("stopped", "answered"))
            self.assertEqual(run.execution_ids.state, "cancel")

    def test_stop_waits_for_a_run_no_longer_than_a_save_may(self):
        """Promise 3. Fails without ``HastySavepoint`` in ``_mark_stopped``."""
        with self._two_connections() as (worker, person):
            run = person["crm.trigger.execution"].browse(self.execution_ids).run_id[:1]
            person.cr.execute("SET LOCAL lock_timeout = 0")
            worker.cr.execute("SELECT FROM crm_trigger_run WHERE id = %s FOR SHARE", run.ids)
            released, begun_at = Timer(5, worker.cr.rollback), monotonic()
            released.start()
            self.addCleanup(released.cancel)

            run._stop("answered")

            self.assertLess(monotonic() - begun_at, 3)
            self.assertEqual(run.state, "running")
