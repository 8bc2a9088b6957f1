from odoo.tests import tagged

from .common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestMerge(CrmTriggersCommon):
    """Merged leads take their plans along."""

    def test_plan_of_a_merged_lead_goes_on_with_the_survivor(self):
        """Fails without ``_merge_dependences``."""
        scenario = self._create_rule("manual", [self._task(delay_count=3)])
        head, tail = self._create_lead(probability=90), self._create_lead(probability=10)
        scenario.enroll(tail)

        survivor = (head | tail).merge_opportunity()
        self._new_transaction()
        self._run_until("2026-02-10 09:00")

        self.assertEqual(survivor, head)
        self.assertExecutions(survivor, [("Call", "done")])
        self.assertEqual(len(survivor.activity_ids), 1)

    def test_rule_running_on_both_is_not_doubled(self):
        self._rule_on_offer([self._task(delay_count=3)])
        leads = self._create_leads(2)
        self._drag(leads, self.stage_offer)

        survivor = leads.merge_opportunity()
        self._new_transaction()
        self._run_until("2026-02-10 09:00")

        self.assertEqual(len(survivor.activity_ids), 1)
        self.assertEqual(sorted(self.env["crm.trigger.run"].search([]).mapped("state")), ["done", "stopped"])
