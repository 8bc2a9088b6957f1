from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestUnsettled(CrmTriggersCommon):
    """After a rule was activated the clock catches up with transactions that did not know it. Here SQL stands in
    for them: no hook sees it.
    """

    def _move_unheard(self, leads, stage=None):
        query = "UPDATE crm_lead SET stage_id = %s WHERE id IN %s"
        self.env.flush_all()
        self.env.cr.execute(query, ((stage or self.stage_offer).id, leads._ids))
        self.env.invalidate_all()

    def _count_runs(self, records):
        return len(self._get_runs(records))

    def _settle(self):
        """Run the clock until it has caught up."""
        self._run_until("2026-02-02 09:10:00")
        self._run_until("2026-02-02 09:15:00")

    def test_moved_unheard(self):
        lead = self._create_lead()
        self._rule_on_offer()
        self._move_unheard(lead)
        self._run_sweep()
        self._run_sweep()
        self.assertEqual(self._count_runs(lead), 1)

    def test_history_that_is_touched_stays_history(self):
        """Promise 4. Fails without ``_take_known``."""
        lead, seen = self._create_leads(2, stage_id=self.stage_offer.id)
        self._rule_on_offer()
        lead.priority = "1"
        self.env.cr.execute("UPDATE crm_lead SET write_date = now() WHERE id = %s", [seen.id])
        self._run_sweep()
        self._settle()
        self.assertFalse(self._count_runs(lead | seen))

    def test_what_was_captured_is_not_found_again(self):
        """Whatever came of it: started, stopped, noted as paused."""
        rule = self._rule_on_offer()
        started, left, paused = self._create_leads(3)
        paused.action_crm_trigger_pause()
        self._drag(started | left | paused, self.stage_offer)
        count = self._count_runs(started | left | paused)
        self._drag(left, self.stage_new)
        self._move_unheard(left, self.stage_new)
        self._run_sweep()
        self._settle()
        self.assertEqual(self._count_runs(started | left | paused), count)
        self.assertFalse(rule.unsettled_since)

    def test_what_a_trial_captured_is_not_found_again(self):
        """A trial tells what the rule would do, once. Fails with ``trial IS NOT TRUE`` in place of ``_sql_counts``."""
        self._rule_on_offer(activate=False).action_test()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._run_sweep()
        self._settle()
        self.assertEqual(self._count_runs(lead), 1)

    def test_own_step_is_not_found(self):
        """A step that makes another record meet the conditions. Fails without ``_note_own_doing``."""
        leads = self._create_leads(2)
        code = f"env['crm.lead'].browse({leads[1].id}).write({{'stage_id': {self.stage_offer.id}}})"
        self._rule_on_offer([self._code(code)], user=self.admin)
        self._drag(leads[0], self.stage_offer)
        self._run_worker()
        self._run_sweep()
        self.assertEqual(leads[1].stage_id, self.stage_offer)
        self.assertFalse(self._count_runs(leads[1]))

    def test_what_was_asked_of_before_the_change_is_not_made_up_for(self):
        lead = self._create_lead()
        rule = self._rule_on_offer(filter_pre_domain=str([("stage_id", "=", self.stage_new.id)]))
        self.assertFalse(rule.unsettled_since)
        self._move_unheard(lead)
        self._run_sweep()
        self.assertFalse(self._count_runs(lead))

    def test_settles_and_captures_alone_from_then_on(self):
        rule = self._rule_on_offer()
        lead = self._create_lead()
        self.assertTrue(rule.unsettled_since)
        self._settle()
        self.assertFalse(rule.unsettled_since)
        self.assertFalse(self.env["crm.trigger.seen"].search_count([("rule_id", "=", rule.id)]))
        self._move_unheard(lead)
        self._run_sweep()
        self.assertFalse(self._count_runs(lead))

    def test_number_given_before_and_saved_after(self):
        """Commit order is not the order of numbers. Fails without ``_sql_known``."""
        lead = self._create_lead()
        self.env.cr.execute("SELECT nextval('crm_lead_id_seq')")
        (number,) = self.env.cr.fetchone()
        self._create_leads(2)
        rule = self._create_rule("create")
        self.assertGreater(rule.above_id, number)
        self.env.cr.execute(
            "INSERT INTO crm_lead (id, name, type, partner_id, user_id, team_id, company_id, stage_id, active)"
            " SELECT %s, 'Early', type, partner_id, user_id, team_id, company_id, stage_id, true"
            " FROM crm_lead WHERE id = %s",
            (number, lead.id),
        )
        self._run_sweep()
        self._run_sweep()
        self.assertEqual(self._count_runs(lead.browse(number)), 1)
        self.assertEqual(self.env["crm.trigger.run"].search_count([("rule_id", "=", rule.id)]), 1)

    def test_new_record_that_was_left_out_is_not_found_when_it_meets_the_conditions(self):
        """It was decided on as it was created. Fails without ``_note_looked_at``."""
        self._create_rule("create", filter_domain=[("stage_id", "=", self.stage_offer.id)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_sweep()
        self._settle()
        self.assertFalse(self._count_runs(lead))

    def test_edited_conditions_are_made_up_for_as_well(self):
        rule = self._rule_on_offer()
        self._settle()
        lead, old = self._create_leads(2)
        self._drag(old, self.stage_later)
        rule.filter_domain = str([("stage_id", "=", self.stage_later.id)])
        self._new_transaction()
        self._move_unheard(lead, self.stage_later)
        self._run_sweep()
        self.assertEqual((self._count_runs(lead), self._count_runs(old)), (1, 0))

    def test_many_are_made_up_for_in_batches(self):
        leads = self._create_leads(7)
        rule = self._rule_on_offer()
        self._move_unheard(leads)
        self.assertEqual([rule._sweep_unsettled(3) for _turn in range(4)], [3, 3, 1, 0])
