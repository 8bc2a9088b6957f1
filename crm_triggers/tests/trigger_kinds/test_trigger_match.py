from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerMatch(CrmTriggersCommon):
    """A record starts to meet the conditions, seen on the net change of a transaction."""

    def test_match_card_dragged_plans_task_for_its_salesperson(self):
        """K34, K46, Z14: fails without the call of ``_crm_trigger_capture`` in ``base._write_multi``."""
        self._rule_on_offer([self._task("Present the offer")])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Present the offer", "done")])
        self.assertRecordValues(
            lead.activity_ids, [{"summary": "Present the offer", "user_id": self.sam.id, "automated": True}]
        )

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
            self._run_worker()

        self.assertEqual(self._get_runs(lead).mapped("occurrence"), ["once"])

    def test_match_once_is_not_used_up_by_a_mistake(self):
        """Dragged there and back before anything was done. Fails without ``_give_back_once``."""
        self._rule_on_offer([self._task(delay_count=1)], reentry="once")
        lead = self._create_lead()
        for stage in (self.stage_offer, self.stage_new, self.stage_offer):
            self._drag(lead, stage)
        self._run_until("2026-02-04 09:00:00")
        for stage in (self.stage_new, self.stage_offer):
            self._drag(lead, stage)

        self.assertEqual(self._get_runs(lead).mapped("state"), ["stopped", "done"])
        self.assertEqual(len(lead.activity_ids), 1)

    def test_match_several_conditions_met_one_after_the_other_starts_at_the_last(self):
        """Z17: a condition on who the prospect is, next to what he does."""
        self._create_rule(filter_domain=[("stage_id", "=", self.stage_offer.id), ("expected_revenue", ">", 1000)])
        lead = self._create_lead(expected_revenue=10)

        self._drag(lead, self.stage_offer)
        self.assertFalse(self._get_runs(lead))
        lead.expected_revenue = 5000
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_condition_on_related_record_starts_run(self):
        self._create_rule(filter_domain=[("stage_id.is_won", "=", True)])
        lead = self._create_lead()

        self._drag(lead, self.env.ref("crm.stage_lead4"))

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_pre_domain_lets_only_records_from_there_pass(self):
        """K08: from one stage to another. Fails without ``ready`` in ``would_start``."""
        self._rule_on_offer(filter_pre_domain=[("stage_id", "=", self.stage_new.id)])
        from_new, from_later = self._create_lead(), self._create_lead(stage_id=self.stage_later.id)

        self._drag(from_new | from_later, self.stage_offer)

        self.assertExecutions(from_new, [("Call", "scheduled")])
        self.assertFalse(self._get_runs(from_later))

    def test_match_pre_domain_born_matching_starts_nothing(self):
        """A record that was not there before was not at the first stage either."""
        self._rule_on_offer(filter_pre_domain=[("stage_id", "=", self.stage_new.id)])

        lead = self._create_lead(stage_id=self.stage_offer.id)

        self.assertFalse(self._get_runs(lead))

    def test_match_tag_added_starts_run(self):
        """Tags have no column. Fails without ``base.write``, and without ``_is_pinned``."""
        tag, other = self.env["crm.tag"].create([{"name": "Fair"}, {"name": "Other"}])
        self._create_rule(filter_domain=[("tag_ids", "in", tag.ids)])
        lead = self._create_lead(tag_ids=[Command.set(other.ids)])

        lead.tag_ids = [Command.link(tag.id)]
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_stage_given_by_name_starts_run(self):
        """The index of pinned values compares columns: fails without ``_is_pinned``."""
        self._create_rule(filter_domain=[("stage_id", "=", "Offer")])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_day_given_as_text_starts_run(self):
        """Fails without ``_is_pinned``: a column holds a day, a domain its text."""
        self._create_rule(filter_domain=[("date_deadline", "=", "2026-03-01")])
        lead = self._create_lead()

        lead.date_deadline = "2026-03-01"
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_tag_there_before_starts_nothing(self):
        tag, other = self.env["crm.tag"].create([{"name": "Fair"}, {"name": "Other"}])
        rule = self._create_rule(filter_domain=[("tag_ids", "in", tag.ids)], activate=False)
        lead = self._create_lead(tag_ids=[Command.set(tag.ids)])
        rule.action_activate()

        lead.tag_ids = [Command.link(other.id)]
        self._new_transaction()

        self.assertFalse(self._get_runs(lead))

    def test_match_lost_lead_is_captured_although_archived(self):
        """K07: a lost opportunity is an archived one."""
        self._create_rule(filter_domain=[("won_status", "=", "lost")])
        reason = self.env["crm.lost.reason"].create({"name": "Too expensive"})
        lead = self._create_lead()

        lead.action_set_lost(lost_reason_id=reason.id)
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_draft_and_paused_rules_start_nothing(self):
        draft, paused = self._rule_on_offer(activate=False), self._rule_on_offer()
        paused.action_pause()
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)

        self.assertFalse((draft | paused).run_ids)

    def test_condition_on_today_is_asked_anew_each_day(self):
        """Fails when the values of an expression are taken for constants: they are those of the
        day the rules were read."""
        self._create_rule(filter_domain="[('color', '=', context_today().day)]")
        lead = self._create_lead(color=0)
        self._move_to("2026-02-03 09:00:00")

        lead.color = 3
        self._new_transaction()

        self.assertExecutions(lead, [("Call", "scheduled")])
