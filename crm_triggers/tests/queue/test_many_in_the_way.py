from contextlib import contextmanager
from time import monotonic
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import SOON, InTheWayCase

LOGS = ("odoo.addons.crm_triggers.models.isolation", "odoo.sql_db")
DRAIN = "odoo.addons.crm_triggers.models.run.crm_trigger_run._drain"


@tagged("post_install", "-at_install")
class TestManyInTheWay(InTheWayCase):
    """A save waits a second for locks altogether, however many rules and flushes meet them."""

    def _clean_up(self):
        result = super()._clean_up()
        with self._env() as env:
            env["ir.cron.trigger"].search([("cron_id", "=", env.ref("crm_triggers.ir_cron_sweep").id)]).unlink()
        return result

    def _create_limited(self, count, rules, **vals):
        """Return records of one contact, for rules that count what it gets."""
        for _number in range(rules):
            self._create_rule(limit_count=1, limit_period="day", **vals)
        lead_ids = self._create_leads(count)
        self._give_contact(lead_ids, self.held_id)
        return lead_ids

    @contextmanager
    def _open(self, change):
        """Let ``change(env)`` hold its keys in a transaction that is undone in the end, like a long import."""
        with patch(DRAIN), self.registry.cursor() as cr:
            change(api.Environment(cr, SUPERUSER_ID, {}))
            cr.flush()
            yield
            cr.rollback()

    def _drag_in(self, env, lead_ids):
        env["crm.lead"].browse(lead_ids).stage_id = self.stage_offer

    def _time(self, change):
        """Return how many seconds a transaction takes."""
        started = monotonic()
        with patch(DRAIN), self._env() as env:
            change(env)
        return monotonic() - started

    def _sweep(self):
        with self._env() as env:
            env["crm.trigger.rule"]._cron_sweep()

    @mute_logger(*LOGS)
    def test_many_rules_that_meet_one_lock(self):
        """Fails without ``_get_patience``: 0.1 second for each rule."""
        first, second = self._create_limited(2, 40)
        with self._open(lambda env: self._drag_in(env, [first])):
            seconds = self._time(lambda env: self._drag_in(env, [second]))

        self.assertLess(seconds, SOON)
        self._sweep()
        self.assertEqual(self._get_runs(), [("done", False)] * 40)

    @mute_logger(*LOGS)
    def test_many_rules_on_one_event_that_meet_one_lock(self):
        """Fails without ``_get_patience``: a second for each rule."""
        vals = {"trigger": "happening", "happening": "activity_done", "filter_domain": "[]"}
        lead_ids = self._create_limited(2, 8, **vals)
        with self._env() as env:
            leads = env["crm.lead"].browse(lead_ids)
            first, second = (lead.activity_schedule("mail.mail_activity_data_todo").id for lead in leads)
        with self._open(lambda env: env["mail.activity"].browse(first).action_done()):
            seconds = self._time(lambda env: env["mail.activity"].browse(second).action_done())

        self.assertLess(seconds, SOON)
        self._sweep()
        self.assertEqual(self._get_runs(), [("done", False)] * 8)

    @mute_logger(*LOGS)
    def test_import_that_meets_one_lock_with_each_row(self):
        """Fails without ``_get_patience``: a second for each row."""
        first, *others = self._create_limited(8, 1)

        def import_rows(env):
            for lead_id in others:
                with env.cr.savepoint():
                    self._drag_in(env, [lead_id])

        with self._open(lambda env: self._drag_in(env, [first])):
            seconds = self._time(import_rows)

        self.assertLess(seconds, SOON)
        self._sweep()
        self.assertEqual(self._get_runs().count(("done", False)), 1, "the limit allows one")
