from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerMatchTransaction(CrmTriggersCommon):
    """What counts is the net change of a transaction, however it came about."""

    def test_match_there_and_back_in_one_transaction_starts_nothing(self):
        """What is decided at the commit is the net change."""
        self._rule_on_offer()
        lead = self._create_lead()

        lead.stage_id = self.stage_offer
        lead.flush_recordset()
        lead.stage_id = self.stage_new
        self._new_transaction()

        self.assertFalse(self._get_runs(lead))

    def test_match_reached_in_two_steps_of_one_transaction_starts_one_run(self):
        """A business operation is seen finished, once."""
        self._rule_on_offer()
        lead = self._create_lead()

        lead.stage_id = self.stage_later
        lead.flush_recordset()
        lead.stage_id = self.stage_offer
        lead.flush_recordset()
        lead.name = "Something else"
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_record_deleted_in_the_same_transaction_is_forgotten(self):
        self._rule_on_offer()
        lead = self._create_lead()

        lead.stage_id = self.stage_offer
        lead.flush_recordset()
        lead.sudo().unlink()
        self._new_transaction()

        self.assertFalse(self._get_runs(lead))

    def test_match_change_undone_by_savepoint_is_forgotten(self):
        self._rule_on_offer()
        lead = self._create_lead()

        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            lead.stage_id = self.stage_offer
            lead.flush_recordset()
            raise ZeroDivisionError
        self._new_transaction()

        self.assertFalse(self._get_runs(lead))

    def test_deciding_takes_the_same_queries_however_many_old_values(self):
        """Promise 3. Fails when each set of old values asks the database for the rest."""
        self._create_rule(filter_domain=[("type", "=", "opportunity"), ("color", ">", 1000)])
        queries = []
        for count in (2, 20):
            leads = self._create_leads(count)
            for index, lead in enumerate(leads):
                lead.color = index + 1
            self._new_transaction()
            leads.color = 2000
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._new_transaction()
            queries.append(self.env.cr.sql_log_count - before)

        self.assertLessEqual(queries[1], queries[0])

    def test_match_there_away_and_there_again_within_savepoints_goes_on(self):
        """Each savepoint decides. Fails without ``_take_back_decisions``: the second arrival finds its key taken."""
        self._rule_on_offer()
        lead = self._create_lead()

        for stage in (self.stage_offer, self.stage_new, self.stage_offer):
            with self.env.cr.savepoint():
                lead.stage_id = stage
        self._new_transaction()

        self._run_worker()

        self.assertEqual(self._get_runs(lead).mapped("state"), ["done"])
        self.assertExecutions(lead, [("Call", "done")])
