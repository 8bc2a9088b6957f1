from unittest.mock import patch

from odoo.addons.crm_triggers.models.queue import claim, dispatch
from odoo.addons.crm_triggers.models.step.kinds import StepKind
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestDispatch(CrmTriggersCommon):
    """How due steps are dispatched, and how many: the hooks for add-ons."""

    def _count(self, limit=9):
        with (
            patch.object(dispatch, "BATCH", 3),
            patch.object(claim, "BATCH", 3),
            patch.object(claim, "HEAVY_BATCH", 2),
        ):
            return self.env["crm.trigger.execution"]._count_due_batches(limit)

    def test_due_batches_are_counted_by_step(self):
        self._rule_on_offer()
        self._rule_on_offer([self._note()])
        leads = self._create_leads(5)
        self.assertEqual(self._count(), 0)

        self._drag(leads, self.stage_offer)

        self.assertEqual(self._count(), 2 + 3)
        self.assertEqual(self._count(limit=4), 4)
        self.assertEqual(self._count(limit=1), 1)

    def test_batches_of_slow_steps_are_counted_as_the_worker_takes_them(self):
        """Ten documents at once: one job for fifty would leave the other machines idle."""
        self._rule_on_offer([self._note()])
        self._drag(self._create_leads(5), self.stage_offer)

        with (
            patch.dict(type(self.env["crm.trigger.step"])._kinds, note=StepKind(batch="slow")),
            patch.object(claim, "SLOW_BATCH", 1),
        ):
            self.assertEqual(self._count(), 5)

    def test_what_no_worker_would_take_is_not_counted(self):
        """Not due, paused records, paused rules."""
        self._rule_on_offer([self._task(delay_count=1)])
        rule = self._rule_on_offer()
        leads = self._create_leads(4)
        self._drag(leads, self.stage_offer)
        self.env["crm.trigger.pause"].create({"res_model": leads._name, "res_id": leads[0].id})
        self.assertEqual(self._count(), 1)

        rule.action_pause()
        self._new_transaction()

        self.assertEqual(self._count(), 0)

    def test_out_of_time_leaves_the_rest_to_the_worker_and_wakes_it(self):
        """Fails without ``deadline`` in ``Loop``: it continues until nothing is due."""
        self._rule_on_offer()
        leads = self._create_leads(5)
        self._drag(leads, self.stage_offer)
        cron = self.env.ref("crm_triggers.ir_cron_execute")
        triggers = [("cron_id", "=", cron.id)]
        self.env["ir.cron.trigger"].search(triggers).unlink()

        self._new_transaction()
        with patch.object(claim, "BATCH", 2), self._other_cursors(), self.registry.cursor() as cr:
            self.env(cr=cr)["crm.trigger.execution"]._work(seconds=-1)
        self._new_transaction()

        self.assertEqual(self._get_executions(leads).mapped("state"), ["done"] * 2 + ["scheduled"] * 3)
        self.assertEqual(self.env["ir.cron.trigger"].search_count(triggers), 1)
