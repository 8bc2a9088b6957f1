from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestOddErrors(CrmTriggersCommon):
    """Errors whose text causes problems."""

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_error_that_no_database_can_keep_leaves_the_other_rules_be(self):
        """Half an emoji, as some servers cut their answers: PostgreSQL takes no such text. The worker died of it
        each time before anything was counted. Fails without ``make_storable`` in ``describe`` and ``trace``."""
        code = self._code("raise UserError('The server said: \\ud83d')", sequence=1)
        self._rule_on_offer([code], user=self.admin)
        other = self._rule_on_offer([self._task("Other")])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Code", "scheduled"), ("Other", "done")])
        failed = self._get_executions(lead) - self._get_executions(lead, other)
        self.assertEqual(failed.attempts, 1)
        self.assertIn("The server said", failed.error)
