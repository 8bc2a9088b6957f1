from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepUpdate(CrmTriggersCommon):
    """A step changes a field, or gives a quotation its opportunity."""

    def _run_step(self, step, lead=None):
        self._rule_on_offer([step])
        lead = lead or self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return lead.sudo()

    def test_update_writes_the_value(self):
        lead = self._run_step(self._update("priority", "3"))

        self.assertEqual(lead.priority, "3")
        self.assertExecutions(lead, [("Update", "done")])

    def test_update_moves_the_stage(self):
        """K36."""
        lead = self._run_step(self._update("stage_id", self.stage_later.id))

        self.assertEqual(lead.stage_id, self.stage_later)

    def test_update_assigns_the_salesperson(self):
        """K25."""
        lead = self._run_step(self._update("user_id", self.tom.id))

        self.assertEqual(lead.user_id, self.tom)

    def test_update_already_so_is_skipped_with_the_reason(self):
        """Fails without ``_is_so`` in ``_act_update``."""
        lead = self._create_lead(priority="3")

        self._run_step(self._update("priority", "3"), lead)

        self.assertExecutions(lead, [("Update", "skipped", "already")])

    def test_update_already_so_is_told_for_each_type_of_field(self):
        """Otherwise the log says "done" where nothing was done. Fails without ``convert_to_cache`` and
        ``_is_list_so``.
        """
        tag, other = self.env["crm.tag"].create([{"name": "Hot"}, {"name": "Cold"}])
        start = {"date_deadline": "2026-03-04", "expected_revenue": 12.5, "tag_ids": [Command.set(tag.ids)]}
        for step, state in (
            (self._update("date_deadline", "2026-03-04"), "skipped"),
            (self._update("date_deadline", "2026-03-05"), "done"),
            (self._update("expected_revenue", "12.5"), "skipped"),
            (self._update("expected_revenue", "12.4"), "done"),
            (self._update("partner_id", self.partner.id), "skipped"),
            (self._update("tag_ids", tag.id, update_m2m_operation="add"), "skipped"),
            (self._update("tag_ids", other.id, update_m2m_operation="add"), "done"),
            (self._update("tag_ids", tag.id, update_m2m_operation="set"), "skipped"),
            (self._update("tag_ids", other.id, update_m2m_operation="remove"), "skipped"),
            (self._update("tag_ids", tag.id, update_m2m_operation="remove"), "done"),
            (self._update("tag_ids", "", update_m2m_operation="clear"), "done"),
        ):
            with self.subTest(step=step):
                lead = self._create_lead(**start)
                rule = self._rule_on_offer([step], user=self.admin)
                self._drag(lead, self.stage_offer)
                self._run_worker()
                rule.action_draft()
                self.assertEqual(self._get_executions(lead).state, state)

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_update_to_what_was_deleted_or_archived_meanwhile_says_what_to_do(self):
        """Promise 7: no lead for a user who left. Fails without ``_is_value_gone``."""
        stage = self.env["crm.stage"].create({"name": "Gone"})
        steps = [
            self._update("user_id", self.tom.id, delay_count=3, sequence=1),
            self._update("stage_id", stage.id, delay_count=3, sequence=1),
        ]
        leads = self._create_leads(2)
        for lead, step in zip(leads, steps, strict=True):
            rule = self._create_rule("manual", [step])
            rule.enroll(lead)

        self.tom.active = False
        stage.unlink()
        self._move_to("2026-02-05 10:00")
        self._run_worker()

        for execution in self._get_executions(leads):
            self.assertRegex(execution.error, "Rule “Rule”, step “Update”: .*choose another one")
        self.assertEqual(leads.sudo().user_id, self.sam)

    def test_update_writes_only_the_records_that_differ(self):
        self._rule_on_offer([self._update("priority", "3")])
        same, other = self._create_lead(priority="3"), self._create_lead(priority="0")

        self._drag(same | other, self.stage_offer)
        self._run_worker()

        self.assertExecutions(same, [("Update", "skipped", "already")])
        self.assertExecutions(other, [("Update", "done")])

    def test_update_adds_a_tag(self):
        old, new = self.env["crm.tag"].create([{"name": "Old"}, {"name": "New"}])
        lead = self._create_lead(tag_ids=[Command.link(old.id)])

        self._run_step(self._update("tag_ids", new.id, update_m2m_operation="add"), lead)

        self.assertEqual(lead.tag_ids, old | new)

    def test_update_along_a_path_writes_the_opportunity_of_the_quotation(self):
        """K36: quotation sent, stage moved."""
        lead = self._create_lead()
        order = self._send_quotation([self._update("opportunity_id.stage_id", self.stage_offer.id)], lead)

        self.assertEqual(lead.stage_id, self.stage_offer)
        execution = self._get_executions(order)
        self.assertEqual((execution.result_model, execution.result_id), ("crm.lead", lead.id))

    def test_update_along_a_path_that_leads_nowhere_is_skipped(self):
        order = self._send_quotation([self._update("opportunity_id.stage_id", self.stage_offer.id)])

        self.assertExecutions(order, [("Update", "skipped", "already")])

    def test_update_is_written_by_the_system_not_by_who_caused_it(self):
        """Promise 8."""
        lead = self._run_step(self._update("priority", "3"))

        self.assertEqual(lead.write_uid, self.env.ref("base.user_root"))

    def test_opportunity_is_created_linked_and_given_to_the_salesperson(self):
        """K37."""
        order = self._send_quotation([{"kind": "opportunity", "name": "Opportunity"}])

        self.assertRecordValues(
            order.opportunity_id,
            [
                {
                    "type": "opportunity",
                    "partner_id": self.partner.id,
                    "user_id": self.sam.id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                }
            ],
        )
        execution = self._get_executions(order)
        self.assertEqual((execution.state, execution.result_id), ("done", order.opportunity_id.id))

    def test_opportunity_of_quotation_that_has_one_is_skipped(self):
        """K37: never a second. Fails without ``without`` in ``_act_opportunity``."""
        lead = self._create_lead()

        order = self._send_quotation([{"kind": "opportunity", "name": "Opportunity"}], lead)

        self.assertExecutions(order, [("Opportunity", "skipped", "already")])
        self.assertEqual(order.opportunity_id, lead)

    def test_opportunity_then_stage_in_one_run(self):
        """K36, K37: the second step works on what the first one made."""
        steps = [{"kind": "opportunity", "name": "Opportunity"}, self._update("opportunity_id.priority", "2")]
        order = self._send_quotation(steps)

        self.assertExecutions(order, [("Opportunity", "done"), ("Update", "done")])
        self.assertEqual(order.opportunity_id.priority, "2")

    def test_opportunity_on_another_kind_of_record_cannot_be_activated(self):
        with self.assertRaises(UserError):
            self._rule_on_offer([{"kind": "opportunity", "name": "Opportunity"}])

    def test_server_action_of_the_administrator_runs_on_all_records(self):
        """K03: an action without its own kind is a server action."""
        self._rule_on_offer([self._code("record['referred'] = 'seen'")], user=self.admin)
        leads = self._create_leads(3)

        self._drag(leads, self.stage_offer)
        self._run_worker()

        self.assertEqual(leads.mapped("referred"), ["seen"] * 3)

    def _send_quotation(self, steps, lead=None):
        """Return a quotation marked as sent, on which a rule carried out the steps."""
        steps = [{**step, "sequence": number} for number, step in enumerate(steps)]
        self._create_rule(steps=steps, model="sale.order", filter_domain=[("state", "=", "sent")])
        values = {"partner_id": self.partner.id, "user_id": self.sam.id, "team_id": self.team.id}
        order = self.env["sale.order"].with_user(self.sam).create({**values, "opportunity_id": lead and lead.id})
        order.action_quotation_sent()
        self._run_worker()
        return order.sudo()
