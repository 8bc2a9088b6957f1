from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_triggers.engine.retry import FAILURES_TO_PAUSE, MAX_ATTEMPTS
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


@tagged("post_install", "-at_install")
class TestAlert(CrmTriggersCommon):
    """The owner of a failing rule is notified once."""

    def _fail_for_good(self, count):
        """Drag ``count`` cards onto a rule that always fails, and let it try until it gives up."""
        rule = self._rule_on_offer([self._code("raise UserError('Broken template')")], user=self.admin)
        rule.user_id = self.manager
        self._drag(self._create_leads(count), self.stage_offer)
        for _try in range(MAX_ATTEMPTS):
            self._run_worker()
            self._move_to(fields.Datetime.now() + timedelta(days=1))
        return rule

    @mute_logger(ISOLATION)
    def test_owner_gets_one_activity_whatever_the_number_of_records(self):
        """Fails without the check of ``activity_ids`` in ``_alert``."""
        rule = self._fail_for_good(3)

        self.assertEqual(rule.activity_ids.user_id, self.manager)
        self.assertEqual(len(rule.activity_ids), 1)
        self.assertIn("Broken template", rule.activity_ids.note)
        self.assertEqual(rule.state, "live")

    @mute_logger(ISOLATION)
    def test_rule_that_keeps_failing_pauses_itself(self):
        """Fails without ``keeps_failing`` in ``_tell_of_failure``."""
        rule = self._fail_for_good(FAILURES_TO_PAUSE)

        self.assertEqual(rule.state, "paused")
        self.assertEqual(rule.activity_ids.summary, "This rule keeps failing and was paused")

    @mute_logger(ISOLATION)
    def test_owner_who_cannot_be_told_leaves_the_worker_be(self):
        """Nothing is left to be tried each minute for ever, and the rule is paused all the same.
        Fails without ``isolated`` in ``_tell_of_failure``."""
        with patch.object(self.env.registry["crm.trigger.rule"], "activity_schedule", side_effect=ValueError):
            rule = self._fail_for_good(FAILURES_TO_PAUSE)

        self.assertEqual(set(rule.run_ids.execution_ids.mapped("state")), {"error"})
        self.assertEqual(rule.state, "paused")
