from collections import Counter

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepAssign(CrmTriggersCommon):
    """K25, K30: leads are assigned to salespeople: one, in turn, least busy, by capacity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tim = cls._create_user("tim", "base.group_user,sales_team.group_sale_salesman")
        cls.people = cls.sam | cls.tom | cls.tim

    def _assign(self, method="turn", users=None, **vals):
        values = {"kind": "assign", "name": "Assign", "assign_method": method, **vals}
        return {**values, "assign_user_ids": [Command.set(users.ids)]} if users else values

    def _arrive(self, count=1, **vals):
        """Return unassigned leads that came in, and were assigned."""
        leads = self._enter(count, **vals)
        self._run_worker()
        return leads

    def _enter(self, count=1, **vals):
        values = {"user_id": False, "team_id": False, "company_id": self.company.id, **vals}
        leads = self.env["crm.lead"].create([{"name": f"Lead {i}", **values} for i in range(count)])
        self._new_transaction()
        return leads

    def _rule(self, step, **vals):
        return self._create_rule("create", [step], **vals)

    # Candidates

    def test_chosen_salesperson(self):
        self._rule(self._assign("user", assign_user_id=self.tom.id))

        lead = self._arrive()

        self.assertEqual(lead.user_id, self.tom)
        line = self._get_executions(lead)
        self.assertEqual((line.result_model, line.result_id), ("crm.lead", lead.id))
        self.assertFalse(line.step_id.action_id.assign_turns, "two workers would wait for each other's turn")

    def test_in_turn_over_several_transactions(self):
        """Fails without ``_note_crm_trigger_turns``: the first would get every lead that comes alone."""
        self._rule(self._assign(users=self.people))

        self.assertEqual([self._arrive().user_id for _i in range(4)], [*self.people, self.sam])

    def test_1000_leads_are_spread_evenly(self):
        """No query per lead goes to choosing: fails with a count or a check for each."""
        self._rule(self._assign(users=self.people))

        leads = self._arrive(1000)

        self.assertEqual(sorted(Counter(lead.user_id for lead in leads).values()), [333, 333, 334])

    def test_in_turn_over_the_members_of_the_team_of_the_record(self):
        """Each team has its own turns."""
        other = self.env["crm.team"].create({"name": "Web", "member_ids": [self.tom.id, self.tim.id]})
        self._rule(self._assign())

        mine, theirs = self._arrive(2, team_id=self.team.id), self._arrive(4, team_id=other.id)

        self.assertEqual(mine.user_id, self.sam)
        self.assertEqual(Counter(lead.user_id for lead in theirs), {self.tom: 2, self.tim: 2})
        self.assertEqual((mine.team_id, theirs.team_id), (self.team, other))

    def test_chosen_team_takes_the_record(self):
        """K30: telesales get the lead, and the activity that follows is theirs."""
        telesales = self.env["crm.team"].create({"name": "Telesales", "member_ids": [self.tim.id]})
        self._create_rule("create", [self._assign(assign_team_id=telesales.id), self._task("First call")])

        lead = self._arrive(team_id=self.team.id)

        self.assertEqual((lead.team_id, lead.user_id), (telesales, self.tim))
        self.assertEqual(lead.activity_ids.user_id, self.tim)

    def test_fewest_open_leads(self):
        """Won and lost ones do not count."""
        self._create_leads(2)
        self._enter(3, user_id=self.tom.id).action_set_won()
        self._rule(self._assign("leads", self.sam | self.tom))

        leads = self._arrive(4)

        self.assertEqual(Counter(lead.user_id for lead in leads), {self.tom: 3, self.sam: 1})

    def test_fewest_open_activities(self):
        lead = self._create_lead()
        lead.sudo().activity_schedule("mail.mail_activity_data_todo", user_id=self.tom.id)
        self._rule(self._assign("activities", self.sam | self.tom))

        self.assertEqual(self._arrive().user_id, self.sam)

    def test_capacity_and_domains_of_the_team(self):
        """Odoo's own settings of the members: domain, preference, capacity in 30 days, opt-out."""
        self.env["ir.config_parameter"].sudo().set_param("sales_team.membership_multi", True)
        team = self.env["crm.team"].create({"name": "Web", "member_ids": [self.tom.id, self.tim.id, self.sam.id]})
        member = {member.user_id: member for member in team.crm_team_member_ids}
        member[self.sam].assignment_optout = True
        member[self.tim].write({"assignment_max": 2, "assignment_domain": "[('priority', '=', '3')]"})
        member[self.tom].write({"assignment_max": 3, "assignment_domain_preferred": "[('priority', '=', '1')]"})
        self._rule(self._assign("capacity", assign_team_id=team.id))

        hot, liked, cold = self._arrive(2, priority="3"), self._arrive(priority="1"), self._arrive(3, priority="0")

        self.assertEqual(Counter(lead.user_id for lead in hot), {self.tom: 1, self.tim: 1})
        self.assertEqual(liked.user_id, self.tom)
        self.assertEqual(Counter(lead.user_id for lead in cold), {self.tom: 1, self.env["res.users"]: 2})
        reasons = Counter(self._get_executions(cold).mapped("skip_reason"))
        self.assertEqual(reasons, {False: 1, "no_responsible": 2})

    def test_fewest_open_leads_counts_across_the_teams_of_a_batch(self):
        """Fails when all are given only after all teams have counted."""
        self.env["ir.config_parameter"].sudo().set_param("sales_team.membership_multi", True)
        both = [self.tom.id, self.tim.id]
        teams = self.env["crm.team"].create([{"name": name, "member_ids": both} for name in ("Web", "Shop")])
        rule = self._create_rule("manual", [self._assign("leads")], user=self.admin)
        leads = self.env["crm.lead"].union(*(self._enter(1, team_id=team.id) for team in teams))

        rule.enroll(leads)
        self._run_worker()

        self.assertEqual(Counter(lead.user_id for lead in leads), {self.tom: 1, self.tim: 1})

    def test_capacity_counts_across_the_companies_of_a_batch(self):
        """Fails without ``_count_crm_trigger_room``: each company counted what was given before the batch."""
        self.tom.company_ids = [Command.link(self.company_b.id)]
        team = self.env["crm.team"].create({"name": "Web", "company_id": False, "member_ids": self.tom.ids})
        team.crm_team_member_ids.assignment_max = 2
        step = self._assign("capacity", assign_team_id=team.id)
        rule = self._create_rule("manual", [step], company_id=False, user=self.admin)
        leads = self._enter(2) | self._enter(2, company_id=self.company_b.id)

        rule.enroll(leads)
        self._run_worker()

        self.assertEqual(len(leads.filtered("user_id")), 2)
        self.assertEqual(sorted(self._get_executions(leads).mapped("state")), ["done", "done", "skipped", "skipped"])

    # Excluded users

    def test_record_with_a_salesperson_stays_his(self):
        self._rule(self._assign("user", assign_user_id=self.tom.id))

        lead = self._arrive(user_id=self.sam.id)

        self.assertEqual(lead.user_id, self.sam)
        self.assertExecutions(lead, [("Assign", "skipped", "already")])

    def test_record_is_given_away_if_the_step_says_so(self):
        self._rule(self._assign("user", assign_user_id=self.tom.id, assign_keep=False))

        self.assertEqual(self._arrive(user_id=self.sam.id).user_id, self.tom)
        self.assertExecutions(self._arrive(user_id=self.tom.id), [("Assign", "skipped", "already")])

    def test_record_of_who_left_is_given_away(self):
        lead = self._create_lead()
        self.sam.active = False
        self._rule_on_offer([self._assign("user", assign_user_id=self.tom.id)])

        lead.sudo().stage_id = self.stage_offer
        self._run_worker()

        self.assertEqual(lead.sudo().user_id, self.tom)

    def test_absent_are_passed_over(self):
        """Out of office, or on leave by the calendar. Fails without ``_get_crm_trigger_absent``."""
        self.sam.write({"out_of_office_from": "2026-02-01 00:00:00", "out_of_office_to": "2026-02-04 00:00:00"})
        resource = self.env["resource.resource"].create({"name": "Tom", "user_id": self.tom.id})
        leave = {"name": "Ski", "date_from": "2026-02-02 00:00:00", "date_to": "2026-02-03 00:00:00"}
        self.env["resource.calendar.leaves"].create({**leave, "resource_id": resource.id})
        self._rule(self._assign(users=self.people))

        self.assertEqual(self._arrive(3).user_id, self.tim)

    def test_when_all_are_away_it_is_in_turn_all_the_same(self):
        self.people.write({"out_of_office_from": "2026-02-01 00:00:00"})
        self._rule(self._assign(users=self.people))

        self.assertEqual(self._arrive(3).user_id, self.people)

    def test_who_has_no_access_to_the_company_of_the_record_gets_none(self):
        rule = self._rule(self._assign(users=self.sam | self.zoe), user=self.admin, company_id=False)
        self.assertEqual(self._arrive(company_id=self.company_b.id).user_id, self.zoe)

        self.zoe.active = False
        other = self._arrive(company_id=self.company_b.id)

        self.assertExecutions(other, [("Assign", "skipped", "no_access")])
        self.assertEqual(rule.state, "live")

    # How

    def test_salesperson_of_an_invoice_and_of_a_contact(self):
        for record in (self._create_invoice(), self.partner):
            rule = self._create_rule(
                "manual", [self._assign("user", assign_user_id=self.tom.id, assign_keep=False)], model=record._name
            )
            rule.with_user(self.admin).enroll(record)
            self._run_worker()

            with self.subTest(record._name):
                self.assertEqual(record["invoice_user_id" if record._name == "account.move" else "user_id"], self.tom)

    def test_choosing_takes_no_query_per_record(self):
        for method in ("turn", "leads", "activities"):
            action = self._rule(self._assign(method, self.people, assign_keep=False), activate=False).step_ids.action_id
            counts = []
            for count in (3, 30, 300):
                leads = self._create_leads(count).sudo()
                people = action._get_crm_trigger_people(self.env["crm.team"])
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                action._crm_trigger_share_out(leads, self.env["crm.team"], True)
                counts.append(self.env.cr.sql_log_count - before)
            with self.subTest(method):
                self.assertEqual(people, self.people)
                self.assertEqual(counts[1], counts[2])

    def test_automation_rule_of_odoo_gives_them_in_turn_as_well(self):
        leads = self._create_leads(4, user_id=False)
        action = self.env["ir.actions.server"].create(
            {
                "name": "Assign",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "crm_trigger_assign",
                "assign_user_ids": [Command.set((self.sam | self.tom).ids)],
            }
        )

        for lead in leads:
            action.with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids).run()

        self.assertEqual([lead.user_id for lead in leads], [self.sam, self.tom, self.sam, self.tom])

    # Bad input

    def test_wrong_choices_are_refused_on_saving(self):
        """Rule, step and cure are named. Fails without ``_check_refused``."""
        gone = self._create_user("gone", "base.group_user")
        gone.active = False
        team_b = self.env["crm.team"].create({"name": "Lyon", "company_id": self.company_b.id})
        for step, expected in (
            (self._assign("user", assign_user_id=gone.id), "Gone is archived: choose someone else"),
            (self._assign(users=gone), "Gone is archived"),
            (self._assign(users=self.zoe), "Zoe: no access to the company"),
            (self._assign(assign_team_id=team_b.id), "the team “Lyon” does not belong to the company"),
        ):
            with self.subTest(expected), self.assertRaisesRegex(UserError, f"Rule “Rule”, step “Assign”: {expected}"):
                self._rule(step, activate=False)
        step = self._rule(self._assign(users=self.sam), activate=False).step_ids.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Zoe: no access"):
            step.assign_user_ids = self.zoe

    def test_missing_choices_are_refused_on_activation(self):
        empty = self.env["crm.team"].create({"name": "Empty"})
        for step, model, expected in (
            (self._assign("user"), "crm.lead", "choose who gets the records"),
            (self._assign(assign_team_id=empty.id), "crm.lead", "the team “Empty” has no members"),
            (self._assign(), "res.partner", "such records have no team"),
            (self._assign("capacity"), "sale.order", "only leads"),
        ):
            with self.subTest(expected), self.assertRaisesRegex(UserError, expected):
                self._rule(step, model=model)

    def test_manager_gives_away_only_what_his_steps_may_change(self):
        """The salesperson of a project cannot be set by this step. Fails without ``_check_manager_may``."""
        with self.assertRaisesRegex(AccessError, "Rules cannot change"):
            self._rule(self._assign(users=self.sam), model="crm.team", activate=False)

    def test_form_offers_it_with_what_is_usual(self):
        rule = self._create_rule("manual", activate=False).with_user(self.manager)

        with Form(rule) as form, form.step_ids.new() as step:
            step.kind = "assign"
            step.name = "Assign"
            self.assertEqual((step.assign_method, step.assign_keep), ("turn", True))
            self.assertEqual(step.phrase, "assign in turn: the team of the record")
            step.assign_user_ids.add(self.sam)
            step.assign_user_ids.add(self.tom)
            self.assertEqual(step.phrase, "assign in turn: Sam, Tom")

        self.assertEqual(rule.sudo().step_ids[-1:].assign_user_ids, self.sam | self.tom)
