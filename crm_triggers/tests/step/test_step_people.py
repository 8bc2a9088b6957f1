from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..document_case import DocumentCase


@tagged("post_install", "-at_install")
class TestStepPeople(DocumentCase):
    """Issue 14, line 8: who is archived, has left or works elsewhere is made responsible by no kind of step. See
    decision 036."""

    def _leave(self, user):
        user.active = False
        self._new_transaction()

    def _move_to_lyon(self, user):
        """Have a user work in the other company only."""
        user.write({"company_id": self.company_b.id, "company_ids": [Command.set(self.company_b.ids)]})
        self._new_transaction()

    # Activities and notes

    def test_activity_on_a_shared_contact_is_for_who_works_in_the_company_of_the_rule(self):
        """Anybody may open the contact. Fails without ``working`` in ``_assign``."""
        task = self._task(responsible="user", responsible_id=self.zoe.id)

        execution = self._run_step(task, self.partner, company_id=self.company.id)

        self.assertEqual(self.env["mail.activity"].browse(execution.result_id).user_id, self.sam)

    def test_note_on_a_shared_contact_rings_at_nobody_of_another_company(self):
        """Fails without the company in ``_get_colleagues``."""
        (self.sam | self.zoe).notification_type = "inbox"
        self.partner.message_subscribe((self.sam | self.zoe).partner_id.ids)

        execution = self._run_step(self._note(notify_followers=True), self.partner, company_id=self.company.id)

        message = self.env["mail.message"].browse(execution.result_id)
        self.assertEqual(message.notified_partner_ids, self.sam.partner_id)

    # What is another company's

    def test_contact_of_the_parent_company_is_its_branches_too(self):
        """As for Odoo: its branches sell to it. Fails without ``_check_company_domain`` in ``_get_reaching_elsewhere``
        and ``parent_ids`` in ``_is_crm_trigger_ours``."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.sam.company_ids += branch
        self.partner.company_id = self.company
        order = self._create_order(company_id=branch.id, team_id=False)
        task = self._task(target="contact")
        close = {"kind": "close", "name": "Close", "close_type_ids": self.todo.ids, "close_place": "contact"}
        outcomes = [
            self._run_step(step, order, company_id=False, user=self.admin, key=step["kind"]) for step in (task, close)
        ]
        self.assertEqual([(line.state, line.skip_reason) for line in outcomes], [("done", False)] * 2)
        self.assertFalse(self.partner.activity_ids)

    def test_contact_of_another_company_is_left_alone(self):
        """By whatever way: an activity on it, its tags, a field of it. Fails without ``_get_reaching_elsewhere``."""
        order = self._create_order().sudo()
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s", (self.company_b.id, self.partner.id)
        )
        self.env.invalidate_all()
        for step in (
            self._task(target="contact"),
            {"kind": "customer", "name": "Mark"},
            self._update("partner_id.comment", "Ours"),
        ):
            execution = self._run_step(step, order, user=self.admin, company_id=self.company.id)

            with self.subTest(step["kind"]):
                self.assertEqual((execution.state, execution.skip_reason), ("skipped", "elsewhere"))
        self.assertFalse(self.partner.activity_ids)
        self.assertEqual((self.partner.customer_rank, self.partner.comment), (0, False))

    # Assignment

    def _assign(self, **vals):
        return {"kind": "assign", "name": "Assign", "assign_method": "turn", **vals}

    def test_lead_of_no_company_is_given_to_who_works_in_that_of_the_rule(self):
        """Fails without the rule in ``_get_crm_trigger_able``."""
        team = self.env["crm.team"].create({"name": "All", "company_id": False, "member_ids": self.zoe.ids})
        lead = self.env["crm.lead"].create({"name": "L", "company_id": False, "user_id": False, "team_id": team.id})

        execution = self._run_step(self._assign(assign_team_id=team.id), lead, company_id=self.company.id)

        self.assertEqual((execution.state, execution.skip_reason), ("skipped", "no_access"))
        self.assertFalse(lead.user_id)

    def test_who_works_elsewhere_keeps_no_record(self):
        """Nor who has left. Fails without ``_crm_trigger_there`` in ``_is_crm_trigger_kept``."""
        lead = self._create_lead().sudo()
        self._move_to_lyon(self.sam)

        self._run_step(self._assign(assign_user_ids=[Command.set(self.tom.ids)]), lead)

        self.assertEqual(lead.user_id, self.tom)

    def test_field_is_set_to_nobody_who_works_elsewhere(self):
        """Refused on saving where the rule is of a company; passed over where it is of all."""
        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Update”: Zoe: no access to the company"):
            self._create_rule(
                steps=[self._update("user_id", self.zoe.id)], model="res.partner", company_id=self.company.id
            )
        self.partner.company_id = self.company

        execution = self._run_step(
            self._update("user_id", self.zoe.id), self.partner, company_id=False, user=self.admin
        )

        self.assertEqual((execution.state, execution.skip_reason), ("skipped", "no_access"))
        self.assertEqual(self.partner.user_id, self.sam)

    # What steps create

    def test_opportunity_of_a_quotation_is_not_for_who_has_left(self):
        """The next in turn gets it: the leader of the team. Fails without ``_get_owner``."""
        self.partner.user_id = False
        for going in (self._leave, self._move_to_lyon):
            order = self._create_order().sudo()
            order.user_id = self.tom
            going(self.tom)

            self._run_step({"kind": "opportunity", "name": "Create"}, order)

            with self.subTest(going.__name__):
                self.assertEqual(order.opportunity_id.user_id, self.manager)
            self.tom.write({"active": True, "company_ids": [Command.link(self.company.id)]})

    def test_opportunity_of_nobody_stays_nobodys(self):
        order = self._create_order().sudo()
        order.user_id = False

        self._run_step({"kind": "opportunity", "name": "Create"}, order)

        self.assertTrue(order.opportunity_id)
        self.assertFalse(order.opportunity_id.user_id)

    def test_customer_of_a_lead_is_not_for_who_has_left(self):
        """Fails without ``_get_owner`` in ``_crm_trigger_create_customers``."""
        lead = self._create_lead(partner_id=False, email_from="eve@example.com", contact_name="Eve").sudo()
        self._leave(self.sam)

        self._run_step({"kind": "customer", "name": "Mark"}, lead)

        self.assertEqual((lead.partner_id.name, lead.partner_id.user_id), ("Eve", self.manager))

    def test_colleague_whom_somebody_chose_as_the_contact_is_meant(self):
        """If the rule includes colleagues: they may be customers too."""
        lead = self._create_lead(partner_id=self.tom.partner_id.id)

        self._run_step({"kind": "customer", "name": "Mark"}, lead, exclude_internal=False)

        self.assertEqual(self.tom.partner_id.customer_rank, 1)

    def test_meeting_of_a_menu_is_for_who_is_there(self):
        """Fails without ``_crm_trigger_there`` in the server action."""
        self.company.resource_calendar_id = self.env["resource.calendar"].create({"name": "Hours"})
        lead = self._create_lead().sudo()
        self._move_to_lyon(self.sam)
        action = self._create_action("crm_trigger_agenda", "crm.lead", agenda_title="Call")

        action.with_context(active_model="crm.lead", active_ids=lead.ids, active_id=lead.id).run()

        self.assertFalse(lead.activity_ids)
