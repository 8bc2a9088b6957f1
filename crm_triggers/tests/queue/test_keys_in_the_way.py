import threading
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from time import monotonic
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import PATIENCE, SOON, InTheWayCase

LOGS = ("odoo.addons.crm_triggers.models.isolation", "odoo.sql_db")
DRAIN = "odoo.addons.crm_triggers.models.run.crm_trigger_run._drain"


@tagged("post_install", "-at_install")
class TestKeysInTheWay(InTheWayCase):
    """A save does not wait for keys locked by others: the clock catches up."""

    def setUp(self):
        super().setUp()
        self.came, self.may_go = threading.Event(), threading.Event()
        self.addCleanup(self.may_go.set)

    def _clean_up(self):
        result = super()._clean_up()
        with self._env() as env:
            env["ir.cron.trigger"].search([("cron_id", "=", env.ref("crm_triggers.ir_cron_sweep").id)]).unlink()
        return result

    def _sweep(self):
        with self._env() as env:
            env["crm.trigger.rule"]._cron_sweep()

    def _drag_and_hold(self, lead_id, commit):
        """Drag a card in a transaction that stays open, like an import's."""
        with patch(DRAIN), self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["crm.lead"].browse(lead_id).stage_id = self.stage_offer
            cr.flush()
            self.came.set()
            self.assertTrue(self.may_go.wait(PATIENCE))
            if not commit:
                cr.rollback()

    @contextmanager
    def _holding(self, lead_id, *, commit):
        with self._thread(self._drag_and_hold, lead_id, commit):
            self.assertTrue(self.came.wait(PATIENCE))
            yield
            self.may_go.set()

    def _create_limited(self):
        self._create_rule(limit_count=1, limit_period="day")
        lead_ids = self._create_leads(2)
        self._give_contact(lead_ids, self.held_id)
        return lead_ids

    @mute_logger(*LOGS)
    def test_place_held_by_a_transaction_that_commits(self):
        """Line 5: the limit of a contact. Fails without ``HastySavepoint``: the save waits for the import."""
        first, second = self._create_limited()

        with self._holding(first, commit=True):
            self.assertLess(self._save([second]), SOON)
        self.assertEqual(self._get_runs(), [("running", False)])
        self._sweep()

        self.assertEqual(self._get_runs(), [("running", False), ("stopped", "limit")])

    @mute_logger(*LOGS)
    def test_place_held_by_a_transaction_that_is_undone(self):
        """Nothing is missed. Fails without ``_make_up_for``."""
        first, second = self._create_limited()

        with self._holding(first, commit=False):
            self.assertLess(self._save([second]), SOON)
        self._sweep()
        self._sweep()
        self._work()

        self.assertEqual(self._get_runs(), [("done", False)])
        self.assertEqual(self._get_tasks([first, second]), [0, 1])

    @mute_logger(*LOGS)
    def test_happening_held_up_is_made_up_for(self):
        """The same for what happens to a record."""
        rule = {"trigger": "happening", "happening": "activity_done", "filter_domain": "[]"}
        self._create_rule(**rule, limit_count=1, limit_period="day")
        lead_ids = self._create_leads(2)
        self._give_contact(lead_ids, self.held_id)
        with self._env() as env:
            leads = env["crm.lead"].browse(lead_ids)
            first, second = (lead.activity_schedule("mail.mail_activity_data_todo").id for lead in leads)

        def hold():
            with patch(DRAIN), self.registry.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})["mail.activity"].browse(first).action_done()
                cr.flush()
                self.came.set()
                self.assertTrue(self.may_go.wait(PATIENCE))
                cr.rollback()

        with self._thread(hold):
            self.assertTrue(self.came.wait(PATIENCE))
            started = monotonic()
            with self._env() as env:
                env["mail.activity"].browse(second).action_done()
            self.assertLess(monotonic() - started, SOON)
            self.may_go.set()
        self.assertEqual(self._get_runs(), [])
        self._sweep()

        with self._env() as env:
            run = env["crm.trigger.run"].search(self._domain())
            self.assertEqual((run.res_id, run.occurrence), (lead_ids[1], f"activity_done {second}"))

    @mute_logger(*LOGS)
    def test_date_entered_late_and_held_up_is_made_up_for(self):
        """The clock does not search so far back. Fails without ``get_missed_keys``."""
        with self._env() as env:
            date_id = env["ir.model.fields"]._get("crm.lead", "date_deadline").id
        self._create_rule(trigger="date", trg_date_id=date_id, limit_count=1, limit_period="day")
        first, second = lead_ids = self._create_leads(2)
        self._give_contact(lead_ids, self.held_id)
        with self._env() as env:
            env["crm.lead"].browse(lead_ids).date_deadline = fields.Date.today() - timedelta(days=3)

        with self._holding(first, commit=False):
            self.assertLess(self._save([second]), SOON)
        self.assertEqual(self._get_runs(), [])
        self._sweep()
        self._work()

        self.assertEqual(self._get_runs(), [("done", False)])
        self.assertEqual(self._get_tasks(lead_ids), [0, 1])

    def _create_swept(self):
        """Return a rule on a condition that no hook sees, and a record that came to meet it unheard."""
        domain = [("partner_id.city", "=", "Lyon"), ("name", "!=", "none")]
        rule_id = self._create_rule(filter_domain=str(domain))
        (lead_id,) = self._create_leads(1)
        self._give_contact([lead_id], self.held_id)
        with self._env() as env:
            env["res.partner"].browse(self.held_id).city = "Lyon"
        return rule_id, lead_id

    def _rename(self, lead_id):
        """Save something else of a record as a request does; return how many seconds it took."""
        started = monotonic()

        def rename(env):
            env["crm.lead"].browse(lead_id).name = "Changed by a person"

        self._retrying(rename)
        return monotonic() - started

    @mute_logger(*LOGS)
    def test_save_does_not_wait_for_the_clock(self):
        """Line 5: what the clock found is committed before it asks the next slow question. Fails when
        ``_sweep_matching`` goes on to those that ceased to match."""
        _rule_id, lead_id = self._create_swept()
        seen = self.registry["crm.trigger.seen"]
        origin = seen._drop_gone

        def drop_gone(notes, rule):
            self.came.set()
            self.assertTrue(self.may_go.wait(PATIENCE))
            return origin(notes, rule)

        with patch.object(seen, "_drop_gone", drop_gone), self._thread(self._sweep):
            self.assertTrue(self.came.wait(PATIENCE))
            seconds = self._rename(lead_id)
            self.may_go.set()

        self.assertLess(seconds, SOON)
        self.assertEqual(len(self._get_runs()), 1)

    @mute_logger(*LOGS)
    def test_save_does_not_wait_for_what_another_notes_as_seen(self):
        """The clock finds it anew. Fails without ``HastySavepoint``."""
        rule_id, lead_id = self._create_swept()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["crm.trigger.seen"]._add(env["crm.trigger.rule"].browse(rule_id), {lead_id})
            self.assertLess(self._rename(lead_id), SOON)
            cr.rollback()
        self.assertEqual(self._get_runs(), [])

        self._sweep()

        self.assertEqual(len(self._get_runs()), 1)

    @mute_logger(*LOGS)
    def test_rule_switched_on_while_somebody_saves(self):
        """The manager's button begins anew, and does not fail. Fails without ``ON CONFLICT`` in ``_take_all``."""
        rule_id, lead_id = self._create_swept()
        turns = []

        def take_all(env):
            turns.append(env)
            env["crm.trigger.seen"]._take_all(env["crm.trigger.rule"].browse(rule_id))

        with ExitStack() as saving:
            env = saving.enter_context(self._env())
            env["crm.trigger.seen"]._add(env["crm.trigger.rule"].browse(rule_id), {lead_id})
            with self._thread(self._retrying, take_all):
                self._wait_until_blocked()
                saving.close()

        self.assertEqual(len(turns), 2)
