from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerMatch(CrmTriggersCommon):
    """A record starts to meet the conditions, seen on the net change of a transaction."""

    def test_match_card_dragged_plans_task_for_its_salesperson(self):
        """K34, K46, Z14: fails without the call of ``_crm_trigger_remember`` in ``base._write_multi``."""
        self._rule_on_offer([self._task("Present the offer")])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Present the offer", "done")])
        self.assertRecordValues(
            lead.activity_ids, [{"summary": "Present the offer", "user_id": self.sam.id, "automated": True}]
        )

    def test_match_there_and_back_in_one_transaction_starts_nothing(self):
        """Fails without the comparison with ``now`` in ``decision.net_changes``."""
        self._rule_on_offer()
        lead = self._create_lead()

        lead.stage_id = self.stage_offer
        lead.flush_recordset()
        lead.stage_id = self.stage_new
        self._new_transaction()

        self.assertFalse(self._get_runs(lead))

    def test_match_already_matching_starts_nothing(self):
        self._rule_on_offer()
        lead = self._create_lead(stage_id=self.stage_offer.id)
        before = self._get_runs(lead)

        lead.write({"stage_id": self.stage_offer.id, "name": "Another"})
        self._new_transaction()

        self.assertEqual(self._get_runs(lead), before)

    def test_match_born_matching_starts_run(self):
        self._rule_on_offer()

        lead = self._create_lead(stage_id=self.stage_offer.id)

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_each_visit_starts_run(self):
        """Z25: a new visit of the stage is a new occurrence."""
        self._rule_on_offer()
        lead = self._create_lead()

        for stage in (self.stage_offer, self.stage_new, self.stage_offer):
            self._drag(lead, stage)

        self.assertEqual(len(self._get_runs(lead)), 2)

    def test_match_reentry_once_starts_one_run_ever(self):
        """Z25: fails without the case ``once`` in ``decision.occurrence``."""
        self._rule_on_offer(reentry="once")
        lead = self._create_lead()

        for stage in (self.stage_offer, self.stage_new, self.stage_offer):
            self._drag(lead, stage)

        self.assertEqual(self._get_runs(lead).mapped("occurrence"), ["once"])
