import json
import threading
from contextlib import contextmanager
from unittest.mock import patch

from werkzeug.test import EnvironBuilder, run_wsgi_app

from odoo import SUPERUSER_ID, api, http
from odoo.addons.crm_triggers.models import isolation
from odoo.sql_db import ConnectionPool, PoolError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import CommittedCase

DRAIN = "odoo.addons.crm_triggers.models.run.crm_trigger_run._drain"
LOOK = "odoo.addons.crm_triggers.models.evaluation.one_model.OneRule.look"
LEAVE = "crm_triggers.leave_to_worker"


@tagged("post_install", "-at_install")
class TestAfterResponse(CommittedCase):
    """Promise 3: over HTTP the response is sent before rules start their immediate steps."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            user = env["res.users.apikeys"].with_user(self.user_id).sudo()
            self.key = user._generate("rpc", self._testMethodName, False)
        self.addCleanup(self._forget_key)
        self._create_rule()
        (self.lead_id,) = self._create_leads(1)

    def _forget_key(self):
        with self._env() as env:
            env["res.users.apikeys"].search([("name", "=", self._testMethodName)]).sudo().unlink()
            env["ir.config_parameter"].set_param(LEAVE, False)

    @contextmanager
    def _post(self, url, payload, status=200):
        """Have Odoo answer a request; within the block all was sent, after it the server closes the response."""
        headers = {"Authorization": f"Bearer {self.key}", "X-Odoo-Database": self.registry.db_name}
        environ = EnvironBuilder(url, method="POST", json=payload, headers=headers).get_environ()
        environ["REMOTE_ADDR"] = "127.0.0.1"
        parts, answered, _headers = run_wsgi_app(http.root, environ)
        body = b"".join(parts)
        self.assertEqual(answered.split()[0], str(status), body)
        yield json.loads(body)
        parts.close()

    def _save(self):
        return self._post("/json/2/crm.lead/write", {"ids": [self.lead_id], "vals": {"stage_id": self.stage_offer}})

    def test_answer_is_sent_before_rules_begin(self):
        """Fails without ``after_response`` in ``_drain_noted``, or ``_post_dispatch`` in ``ir.http``."""
        with self._save():
            self.assertEqual(self._get_states(), {"scheduled": 1}, "saved and answered, nothing begun")
        self.assertEqual(self._get_states(), {"done": 1})
        self.assertEqual(self._get_tasks([self.lead_id]), [1])

    def test_long_address_of_the_request_is_no_domain(self):
        """Odoo's website takes the URL that is noted on the thread for one, once the request is over: notifying the
        salesperson of a quotation opened by its link failed at first. Fails without ``_without_url``."""
        urls = []

        def drain(dbname, run_ids, uid):
            urls.append(threading.current_thread().url)
            with self.registry.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})["website"].get_current_website()

        url = f"/json/2/crm.lead/write?access_token={'0' * 60}"
        payload = {"ids": [self.lead_id], "vals": {"stage_id": self.stage_offer}}
        with patch(DRAIN, drain), self._post(url, payload):
            pass
        self.assertEqual(urls, [""])

    def test_what_dies_with_the_process_is_the_workers(self):
        """The queue is in the database."""
        with patch(DRAIN), self._save():
            pass
        self.assertEqual(self._get_states(), {"scheduled": 1})

        self._work()

        self.assertEqual(self._get_tasks([self.lead_id]), [1])

    def test_request_that_commits_often_is_drained_once(self):
        """A second in total. Fails when each commit attaches a separate function."""
        lead_ids = [self.lead_id, *self._create_leads(2)]
        leads = self.registry["crm.lead"]

        def drag_each(records, stage_id):
            for record in records:
                record.stage_id = stage_id
                record.env.cr.commit()

        post = self._post("/json/2/crm.lead/action_archive", {"ids": lead_ids, "stage_id": self.stage_offer})
        with patch.object(leads, "action_archive", drag_each), patch(DRAIN) as drain, post:
            drain.assert_not_called()
        self.assertEqual([len(call.args[1]) for call in drain.call_args_list], [3])

    def test_request_that_fails_after_a_commit_leaves_nothing_undone(self):
        """Fails without ``_handle_error`` in ``ir.http``."""
        leads = self.registry["crm.lead"]

        def drag_and_fail(records, stage_id):
            records.stage_id = stage_id
            records.env.cr.commit()
            raise http.werkzeug.exceptions.BadRequest("No")

        payload = {"ids": [self.lead_id], "stage_id": self.stage_offer}
        post = self._post("/json/2/crm.lead/action_archive", payload, status=400)
        with patch.object(leads, "action_archive", drag_and_fail), post:
            self.assertEqual(self._get_states(), {"scheduled": 1})
        self.assertEqual(self._get_states(), {"done": 1})

    def test_another_cursor_of_a_request_does_not_wait(self):
        """As of RPC, which has one of its own: who called reads what was done. Fails without ``is not cr``."""
        leads = self.registry["crm.lead"]

        def drag_apart(_records):
            with self._env() as env:
                env["crm.lead"].browse(self.lead_id).stage_id = self.stage_offer

        with patch.object(leads, "action_archive", drag_apart), self._post("/json/2/crm.lead/action_archive", {}):
            self.assertEqual(self._get_states(), {"done": 1})

    def test_setting_leaves_all_to_the_worker(self):
        """In a request and without. Fails without ``_is_left_to_worker`` in ``_wake``."""
        with self._env() as env:
            env["ir.config_parameter"].set_param(LEAVE, "True")
        woken = self.registry["crm.trigger.run"]
        with patch(DRAIN) as drain, patch.object(woken, "_wake_worker") as wake:
            with self._save():
                pass
            with self._env() as env:
                env["crm.lead"].browse(self._create_leads(1)).stage_id = self.stage_offer
        drain.assert_not_called()
        self.assertEqual(wake.call_count, 2)

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_decision_that_failed_is_told_of(self):
        """The error is kept in each language. Fails when it is an argument of ``after_response``, as a dict."""
        with patch(LOOK, side_effect=ValueError("Seven")), self._save():
            pass
        with self._env() as env:
            rule = env["crm.trigger.rule"].search([("name", "=", self._testMethodName)])
            self.assertIn("Seven", rule.activity_ids.note)

    def test_request_makes_do_with_two_connections(self):
        """Its own, which is free when rules begin, and one for notifications. Fails when it is not (line
        ``after_response`` in ``_drain_noted``): with ``db_maxconn = 2`` each save logged an error."""
        most, held, borrow, give_back = [], [], ConnectionPool.borrow, ConnectionPool.give_back

        def take(pool, info):
            connection = borrow(pool, info)
            if threading.get_ident() == mine:
                held.append(connection)
                most.append(len(held))
            return connection

        def hand_in(pool, connection, keep_in_pool=True):
            if connection in held:
                held.remove(connection)
            return give_back(pool, connection, keep_in_pool)

        mine = threading.get_ident()  # other tests' threads and cursors are not what the request needs
        with self._save():  # warm
            pass
        with self._env() as env:
            env["crm.lead"].browse(self.lead_id).stage_id = self.stage_new
        with (
            patch.object(ConnectionPool, "borrow", take),
            patch.object(ConnectionPool, "give_back", hand_in),
            self._save(),
        ):
            pass
        self.assertEqual(self._get_states(), {"done": 2})
        self.assertLessEqual(max(most), 2)

    def test_too_few_connections_are_told_once(self):
        """Without a request the person's is not free. Fails without ``PoolError`` in ``isolated``."""
        cursor, full = self.registry.cursor, PoolError("The Connection Pool Is Full")
        taken = []

        def give(*args, **kwargs):
            if taken:
                raise full
            taken.append(True)
            return cursor(*args, **kwargs)

        with patch.object(isolation, "_SHORT", False), self.assertLogs(isolation.__name__, "WARNING") as logged:
            for lead_id in (self.lead_id, *self._create_leads(1)):
                taken.clear()
                with self._limited(give), self._env() as env:
                    env["crm.lead"].browse(lead_id).stage_id = self.stage_offer
        self.assertEqual(len(logged.output), 1)
        self.assertIn("db_maxconn", logged.output[0])
        self.assertEqual(self._get_states(), {"scheduled": 2})

    def _limited(self, give):
        return patch.object(type(self.registry), "cursor", lambda _registry, *args, **kw: give(*args, **kw))

    def test_who_has_a_step_done_now_is_told(self):
        """He may be neither who set it off nor whose record it is. Fails without ``WATCHER`` in ``_get_shown``."""
        self._drag([self.lead_id])
        with self._env() as env:
            env["crm.lead"].browse(self.lead_id).user_id = False
            line = env["crm.trigger.execution"].search([("res_id", "=", self.lead_id), ("res_model", "=", "crm.lead")])
        users, told = self.registry["res.users"], []

        def send(user, name, message):
            told.append((user.id, name, message))

        post = self._post("/json/2/crm.trigger.execution/action_run_now", {"ids": line.ids})
        with patch.object(users, "_bus_send", send), post:
            self.assertFalse(told)
        self.assertIn((self.user_id, "crm_triggers/refresh", {"crm.lead": [self.lead_id]}), told)
