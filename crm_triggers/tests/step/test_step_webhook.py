import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..server_action_case import FAIL_ON_BAD, ServerActionCase

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


@tagged("post_install", "-at_install")
class TestStepWebhook(ServerActionCase):
    """K03: a webhook is called after the commit of its change, once per record."""

    def _receive(self, step, leads):
        """Return the ids that a listening server got when the step is carried out."""
        received = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["_id"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args):
                """Keep quiet."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            self._rule_on_offer([step(f"http://127.0.0.1:{server.server_port}/hook")], user=self.admin)
            self._drag(leads, self.stage_offer)
            self._get_executions(leads)._carry_out_by_step()
            self.assertFalse(received, "not before the commit")
            self._commit()
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
        return received

    def test_webhook_is_called_once_for_each_record_after_the_commit(self):
        leads = self._create_leads(3)

        received = self._receive(lambda url: self._other("webhook", webhook_url=url), leads)

        self.assertEqual(sorted(received), leads.ids)
        self.assertDone(leads)

    @mute_logger(ISOLATION)
    def test_webhook_of_a_batch_that_fails_is_called_once_and_not_for_the_bad_record(self):
        """Promise 1: what a failed try wanted to do after the commit is forgotten with it.
        Fails without ``undoable`` in ``_act_apart``."""
        leads = self._create_leads(3)
        leads[2].name = "Bad"

        def step(url):
            return self._multi([{"state": "webhook", "webhook_url": url}, {"state": "code", "code": FAIL_ON_BAD}])

        received = self._receive(step, leads)

        self.assertEqual(sorted(received), leads[:2].ids)
