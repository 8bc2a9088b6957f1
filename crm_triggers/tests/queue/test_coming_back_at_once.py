import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import PATIENCE, CommittedCase


@tagged("post_install", "-at_install")
class TestComingBackAtOnce(CommittedCase):
    """Records that left a date rule and come back while others are at them, over records really committed."""

    def _create_dated(self, *steps):
        """Return the ids of a rule that acts on the day of the expected closing, and of a lead of today."""
        with self._env() as env:
            deadline_id = env["ir.model.fields"]._get("crm.lead", "date_deadline").id
        rule_id = self._create_rule(list(steps), trigger="date", trg_date_id=deadline_id, date_hour=0)
        (lead_id,) = self._create_leads(1)
        with patch("odoo.addons.crm_triggers.models.run.crm_trigger_run._drain"), self._env() as env:
            env["crm.lead"].browse(lead_id).write({"stage_id": self.stage_offer, "date_deadline": fields.Date.today()})
        return rule_id, lead_id

    @contextmanager
    def _held(self, model_name, method, *, after):
        """Hold up the first to call a method of the registry's class; yield the events that it came, and may go on."""
        came, may_go = threading.Event(), threading.Event()
        origin = getattr(self.registry[model_name], method)

        def wait(records):
            if records and not came.is_set():
                came.set()
                self.assertTrue(may_go.wait(PATIENCE))

        def held(records, *args, **kwargs):
            if not after:
                wait(records)
            result = origin(records, *args, **kwargs)
            if after:
                wait(records)
            return result

        with patch.object(self.registry[model_name], method, held):
            try:
                yield came, may_go
            finally:
                may_go.set()

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_clocks_take_up_what_was_left_once_and_wait_for_nobody(self):
        """Promise 1, whether something was done for the date or nothing. Fails without ``SKIP LOCKED`` in
        ``_take``: the second clock waits for the first."""
        later = {"delay_count": 5}
        for steps, states in (([{}, later], {"done": 1, "scheduled": 1}), ([later], {"cancel": 1, "scheduled": 1})):
            with self.subTest(steps=len(steps)):
                rule_id, lead_id = self._create_dated(*steps)
                self._work()
                self._drag([lead_id], self.stage_new)
                with self._env() as env:  # back, and nobody told
                    env.cr.execute("UPDATE crm_lead SET stage_id = %s WHERE id = %s", [self.stage_offer, lead_id])
                self.assertEqual(self._get_runs(), [("stopped", "unmatched")])

                with (
                    self._held("crm.trigger.run", "_come_back", after=True) as (came, may_go),
                    self._thread(self._look, rule_id),
                ):
                    self.assertTrue(came.wait(PATIENCE))
                    self._look(rule_id, "200ms")
                    may_go.set()

                self.assertEqual(self._get_states(), states)
                self.assertEqual(self._get_runs()[-1], ("running", False))
                with self._env() as env:
                    env["crm.trigger.rule"].browse(rule_id).unlink()

    def _look(self, rule_id, lock_timeout=None):
        """Have a clock look for those that came back."""
        with self._env(lock_timeout) as env:
            env["crm.trigger.rule"].browse(rule_id)._sweep_back(10)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_record_that_comes_back_while_a_worker_is_at_its_step(self):
        """Dragged away and back, each saved, during one step: it is done once, and the run goes on. Fails
        without ``held`` in ``_resume``, which would plan the next step meanwhile."""
        _rule_id, lead_id = self._create_dated({}, {"delay_count": 5})
        with (
            self._held("crm.trigger.execution", "_carry_out", after=False) as (came, may_go),
            self._thread(self._work),
        ):
            self.assertTrue(came.wait(PATIENCE))
            self._drag([lead_id], self.stage_new)
            self._drag([lead_id], self.stage_offer)
            may_go.set()

        self.assertEqual(self._get_states(), {"done": 1, "scheduled": 1})
        self.assertEqual(self._get_runs(), [("running", False)])
        self.assertEqual(self._get_tasks([lead_id]), [1])
