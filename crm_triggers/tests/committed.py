import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service import model as service_model
from odoo.tests import BaseCase, get_db_name
from odoo.tools import config

WORKER_PROCESS = Path(__file__).with_name("processes") / "worker_process.py"
PATIENCE = 60  # seconds after which a thread or a process counts as hung
SOON = 4.0  # seconds: far less than the lock is held, far more than the promised time, for a busy machine


class CommittedCase(BaseCase):
    """Records that are really committed, separate cursors and processes, and the real clock.

    A test removes what it commits, as the other tests use the same database.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self._env() as env:
            stages = env["crm.stage"].create([{"name": name} for name in ("New", "Offer")])
            self.stage_new, self.stage_offer = stages.ids
            self.user_id = env.ref("base.user_admin").id
            # The tests' database may be older than the limit after which a scheduled action counts as stopped.
            now = "now() AT TIME ZONE 'UTC'"
            env.cr.execute(f"UPDATE ir_cron SET lastcall = {now}, nextcall = {now} + '1 day' WHERE active")

    def _clean_up(self):
        with self._env() as env:
            env["crm.trigger.rule"].search([("name", "=", self._testMethodName)]).unlink()
            leads = env["crm.lead"].with_context(active_test=False).search([("referred", "=", self._testMethodName)])
            leads.unlink()
            env["crm.stage"].browse([self.stage_new, self.stage_offer]).unlink()
            env["ir.cron.trigger"].search([("cron_id", "=", env.ref("crm_triggers.ir_cron_execute").id)]).unlink()

    @contextmanager
    def _env(self, lock_timeout=None):
        """Yield an environment on a separate connection, committed at the end.

        :param str lock_timeout: for instance ``200ms``
        """
        with self.registry.cursor() as cr:
            if lock_timeout:
                cr.execute("SELECT set_config('lock_timeout', %s, true)", [lock_timeout])
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _create_rule(self, steps=None, **vals):
        """Return the id of a live rule on the stage "Offer"; with an activity if no steps are given."""
        with self._env() as env:
            task = {"kind": "activity", "name": "Call", "activity_summary": "Call"}
            task["activity_type_id"] = env.ref("mail.mail_activity_data_todo").id
            rule = env["crm.trigger.rule"].create(
                {
                    "name": self._testMethodName,
                    "model_id": env["ir.model"]._get_id("crm.lead"),
                    "user_id": self.user_id,
                    "trigger": "match",
                    "filter_domain": str([("stage_id", "=", self.stage_offer)]),
                    "step_ids": [Command.create({**task, **step}) for step in steps or [{}]],
                    **vals,
                }
            )
            rule.action_activate()
            return rule.id

    def _create_leads(self, count):
        with self._env() as env:
            values = {"type": "opportunity", "stage_id": self.stage_new, "user_id": self.user_id}
            leads = env["crm.lead"].create(
                [{"name": f"Lead {i}", "referred": self._testMethodName, **values} for i in range(count)]
            )
            return leads.ids

    def _drag(self, lead_ids, stage_id=None):
        """Drag cards in a separate transaction, committed, without the drain that follows."""
        with patch("odoo.addons.crm_triggers.models.run.crm_trigger_run._drain"), self._env() as env:
            env["crm.lead"].browse(lead_ids).stage_id = stage_id or self.stage_offer

    def _work(self):
        with self._env() as env:
            env["crm.trigger.execution"]._work()

    def _retrying(self, function):
        """Call ``function(env)`` as Odoo does for a request: repeated after a conflict."""
        with self.registry.cursor() as cr, patch.object(service_model.random, "uniform", return_value=0.01):
            env = api.Environment(cr, SUPERUSER_ID, {})
            return service_model.retrying(lambda: function(env), env)

    @contextmanager
    def _thread(self, function, *args):
        """Run a function in parallel with the block; its exception is raised when both have ended."""
        errors = []

        def run():
            try:
                function(*args)
            except BaseException as error:  # any error must reach the test's thread
                errors.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield thread
        thread.join(PATIENCE)
        self.assertFalse(thread.is_alive(), "hung")
        for error in errors:
            raise error

    @contextmanager
    def _worker_process(self, moment):
        """Run a worker in a separate process that reports a moment of its first batch, and waits there forever;
        yield it at that moment.

        :param str moment: ``claimed`` or ``acted``
        """
        options = ["-d", get_db_name(), "--addons-path", ",".join(config["addons_path"]), "--logfile", ""]
        options += ["-c", config["config"]] if config["config"] else []
        command = [sys.executable, str(WORKER_PROCESS), moment, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            self.assertEqual(process.stdout.readline(), f"{moment}\n")
            yield process
        finally:
            process.kill()
            process.communicate()
            self._wait_for_locks_of(process)

    def _wait_for_locks_of(self, process):
        """Wait until PostgreSQL has noticed that a process is dead, which may take a while on a busy machine."""
        mine = "SELECT FROM pg_stat_activity WHERE application_name = %s"
        for _try in range(600):
            with self._env() as env:
                env.cr.execute(mine, [f"odoo-{process.pid}"])
                if not env.cr.rowcount:
                    return
            sleep(0.05)
        self.fail(f"PostgreSQL still serves process {process.pid}")

    def _pause(self, model_name, method, *, after=False):
        """Stop the first caller of a method until it may continue; return the events "it came" and "it may go".

        The method is one of a class of Odoo's registry.
        """
        came, may_go = threading.Event(), threading.Event()
        origin = getattr(self.registry[model_name], method)

        def wait():
            first = not came.is_set()
            came.set()
            if first:
                self.assertTrue(may_go.wait(PATIENCE))

        def paused(records, *args, **kwargs):
            if after:
                result = origin(records, *args, **kwargs)
                records.env.flush_all()
                wait()
                return result
            wait()
            return origin(records, *args, **kwargs)

        self.startPatcher(patch.object(self.registry[model_name], method, paused))
        self.addCleanup(may_go.set)
        return came, may_go

    def _wait_until_blocked(self):
        """Return when a connection to this database waits for a lock."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        deadline = monotonic() + PATIENCE
        with self.registry.cursor() as cr:
            while monotonic() < deadline:
                cr.execute(query)
                if cr.fetchone()[0]:
                    return
                cr.rollback()
        self.fail("nobody waits")

    # Results

    def _get_states(self):
        """Return the number of this test's executions by state."""
        with self._env() as env:
            groups = env["crm.trigger.execution"]._read_group(self._domain(), ["state"], ["__count"])
            return dict(groups)

    def _domain(self):
        return [("rule_id.name", "=", self._testMethodName)]

    def _get_runs(self):
        """Return the ``(state, stop reason)`` of the runs of this test."""
        with self._env() as env:
            runs = env["crm.trigger.run"].search(self._domain(), order="id")
            return [(run.state, run.stop_reason) for run in runs]

    def _get_tasks(self, lead_ids):
        """Return the number of activities by lead."""
        with self._env() as env:
            return [len(lead.activity_ids) for lead in env["crm.lead"].browse(lead_ids)]

    def _get_interruptions(self):
        with self._env() as env:
            return env["crm.trigger.attempt"].search([]).mapped("count")


class CommittedOrderCase(CommittedCase):
    """With a quotation for 100, ``order_id``."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            partner = env["res.partner"].create({"name": self._testMethodName})
            product = env["product.product"].create({"name": "Desk", "type": "service", "invoice_policy": "order"})
            line = {"product_id": product.id, "price_unit": 100, "tax_ids": False}
            order = env["sale.order"].create({"partner_id": partner.id, "order_line": [Command.create(line)]})
            self.order_id = order.id
        self.addCleanup(self._clean_up_order, product.id, partner.id)

    def _clean_up_order(self, product_id, partner_id):
        with self._env() as env:
            order = env["sale.order"].browse(self.order_id)
            order.invoice_ids.unlink()
            order._action_cancel()
            order.unlink()
            env["product.product"].browse(product_id).unlink()
            env["res.partner"].browse(partner_id).unlink()

    def _enroll(self, step):
        """Put the order into a separate scenario with this step, due immediately."""
        with self._env() as env:
            model_id = env["ir.model"]._get_id("sale.order")
        rule_id = self._create_rule([step], model_id=model_id, trigger="manual", filter_domain=False)
        with patch("odoo.addons.crm_triggers.models.run.crm_trigger_run._drain"), self._env() as env:
            env["crm.trigger.rule"].browse(rule_id).enroll(env["sale.order"].browse(self.order_id), key="one")


class InTheWayCase(CommittedCase):
    """Rows locked by others, and steps that take long, on separate connections."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            partners = env["res.partner"].create([{"name": self._testMethodName}, {"name": self._testMethodName}])
            self.held_id, self.free_id = partners.ids
        self.addCleanup(self._delete_partners)

    def _delete_partners(self):
        with self._env() as env:
            env["res.partner"].browse([self.held_id, self.free_id]).unlink()

    def _give_contact(self, lead_ids, partner_id):
        with self._env() as env:
            env["crm.lead"].browse(lead_ids).partner_id = partner_id

    @contextmanager
    def _held(self):
        """Lock a contact as a long import does."""
        with self.registry.cursor() as cr:
            cr.execute("UPDATE res_partner SET write_date = write_date WHERE id = %s", [self.held_id])
            yield
            cr.rollback()

    def _save(self, lead_ids):
        """Drag cards as a request does, including what follows the commit; return its duration in seconds."""
        started = monotonic()
        with self._env() as env:
            env["crm.lead"].browse(lead_ids).stage_id = self.stage_offer
        return monotonic() - started

    def _read(self, rule_id, *names):
        with self._env() as env:
            lines = env["crm.trigger.execution"].search([("rule_id", "=", rule_id)], order="id")
            return [tuple(line[name] for name in names) for line in lines]

    def _make_due(self):
        """Let time pass until the planned steps are due."""
        with self._env() as env:
            planned = env["crm.trigger.execution"].search([*self._domain(), ("state", "=", "scheduled")])
            planned.scheduled_at = fields.Datetime.now() - timedelta(minutes=1)

    def _is_woken(self):
        with self._env() as env:
            cron = env.ref("crm_triggers.ir_cron_execute")
            return bool(env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]))
