from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_triggers.models.queue import claim, worker
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTurns(CrmTriggersCommon):
    """A step that takes long lets the others have their turn, within a worker and from one to the next."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.multiple(worker, FIRST_PART=500, PART_SECONDS=1e6))  # code is done in one part

    def _work(self, seconds):
        """Let a worker come, to whom each batch of code takes so long; return the kinds of steps it did, in order."""
        steps, kinds = self.env.registry["crm.trigger.step"], []
        origin = steps._act

        def act(step, executions):
            kinds.append(step.kind)
            if step.kind == "other":
                self.clock.tick(seconds)
            return origin(step, executions)

        with patch.object(claim, "HEAVY_BATCH", 2), patch.object(steps, "_act", act):
            self._run_worker()
        return kinds

    def _drag_six(self):
        """Have code to do for six, and then a task for each."""
        self._rule_on_offer([self._code("record['referred'] = 'x'")], user=self.admin)
        self._rule_on_offer()
        leads = self._create_leads(6)
        self._drag(leads, self.stage_offer)
        return leads

    def test_slow_step_makes_room_for_the_others(self):
        """Fails without ``_see_how_long`` in ``Loop``."""
        leads = self._drag_six()

        self.assertEqual(self._work(4), ["other", "activity", "other", "other"])

        self.assertEqual(set(self._get_executions(leads).mapped("state")), {"done"})

    def test_next_worker_begins_with_the_others(self):
        """Fails without ``_put_aside``: where one batch takes all the time, nothing else is ever done."""
        self._drag_six()

        self.assertEqual(self._work(11), ["other"])
        self.assertEqual(self._work(11), ["activity", "other"])
        self.assertEqual(self._work(11), ["other"])
        self.assertEqual(self._work(11), [])
        self.assertFalse(self.env["crm.trigger.turn"].search([("step_id", "!=", False)]))

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_looking_for_what_fails_slowly_ends_with_the_time(self):
        """Of fifty, each of which fails after ten seconds: one is found, the others wait, and lose no try.
        Fails without ``deadline`` in ``_act_apart``: a worker is stopped before it has found them all."""
        rule = self._rule_on_offer([self._code("raise UserError('No')")], user=self.admin)
        leads = self._create_leads(50)
        self._drag(leads, self.stage_offer)

        with patch.object(claim, "HEAVY_BATCH", 50):
            steps, tries = self.env.registry["crm.trigger.step"], []
            origin = steps._act

            def act(step, executions):
                tries.append(len(executions))
                self.clock.tick(10)
                return origin(step, executions)

            with patch.object(steps, "_act", act):
                self._run_worker()

        self.assertEqual(tries, [50, 25, 12, 6, 3, 1])
        lines = self._get_executions(leads, rule)
        self.assertEqual(lines.mapped("attempts"), [1] + [0] * 49)
        self.assertEqual(set(lines.mapped("state")), {"scheduled"})
        self.assertGreater(min(lines.mapped("scheduled_at")), fields.Datetime.now())
