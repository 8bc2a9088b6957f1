from odoo import Command
from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestResponsible(CrmTriggersCommon):
    """K18, K30: a task or note goes to somebody who is there and may open the record. See
    docs/decisions/012."""

    def _plan(self, lead=None, step=None, **vals):
        """Return the task that a rule plans on the lead, reaching the stage "Offer"."""
        self._rule_on_offer([step or self._task(**vals)])
        lead = (lead or self._create_lead()).sudo()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return lead.activity_ids

    def _leave(self, user, until):
        user.write({"out_of_office_from": "2026-02-01 00:00:00", "out_of_office_to": until})

    # Away

    def test_task_due_while_its_salesperson_is_away_goes_to_the_next(self):
        """Fails without ``_is_away`` in ``_assign``."""
        self._leave(self.sam, "2026-02-06 17:00:00")

        self.assertEqual(self._plan(activity_date_deadline_range=3).user_id, self.manager)

    def test_task_that_can_wait_for_its_salesperson_stays_his(self):
        """He is back on Monday at eight, when it is due. Fails without the deadline in ``_is_away``."""
        self._leave(self.sam, "2026-02-09 07:00:00")

        self.assertEqual(self._plan(activity_date_deadline_range=7).user_id, self.sam)

    def test_task_of_salesperson_away_without_end_goes_to_the_next(self):
        self._leave(self.sam, False)

        self.assertEqual(self._plan(activity_date_deadline_range=60).user_id, self.manager)

    def test_task_due_while_its_salesperson_is_on_leave_by_the_calendar_goes_to_the_next(self):
        """As when leads are assigned; a leave that counts as work is none. Fails without ``_get_leaves``."""
        calendar = self.env["resource.calendar"].create({"name": "Hours"})
        resource = {"name": "Sam", "user_id": self.sam.id, "calendar_id": calendar.id, "tz": "Europe/Paris"}
        resource = self.env["resource.resource"].create(resource)
        leave = {"name": "Ski", "resource_id": resource.id, "date_from": "2026-02-01", "date_to": "2026-02-06"}
        leave = self.env["resource.calendar.leaves"].create(leave)

        self.assertEqual(self._plan(activity_date_deadline_range=3).user_id, self.manager)
        self._rest_rules()
        self.assertEqual(self._plan(activity_date_deadline_range=7).user_id, self.sam)
        self._rest_rules()
        leave.time_type = "other"
        self.assertEqual(self._plan(activity_date_deadline_range=3).user_id, self.sam)

    def test_task_is_left_to_the_absent_when_the_step_says_so(self):
        self._leave(self.sam, False)

        self.assertEqual(self._plan(pass_over_absent=False).user_id, self.sam)

    def test_task_when_all_are_away_goes_to_the_best(self):
        """An absent assignee is better than none. Fails without ``or able`` in ``_assign``."""
        self._leave(self.sam | self.manager, False)

        self.assertEqual(self._plan().user_id, self.sam)

    def test_note_rings_at_who_is_there(self):
        self.sam.notification_type = self.manager.notification_type = "inbox"
        self._leave(self.sam, "2026-02-02 18:00:00")
        lead = self._create_lead()

        self._plan(lead, self._note("Look"))

        message = lead.message_ids.filtered(lambda message: "Look" in message.body)
        self.assertEqual(message.notified_partner_ids, self.manager.partner_id)

    def test_mail_comes_from_the_salesperson_even_if_he_is_away(self):
        """The customer knows the salesperson."""
        self._leave(self.sam, False)
        lead = self._create_lead()

        self._plan(lead, self._mail(self._create_template(email_from=False)))

        message = self.env["mail.message"].browse(self._get_executions(lead).result_id)
        self.assertEqual(message.author_id, self.sam.partner_id)

    # Not allowed to open the record

    def _lead_of_lyon(self, **vals):
        """Return a lead of the other company that was assigned to Sam, who does not work there."""
        return self.env["crm.lead"].create({"name": "L", "company_id": self.company_b.id, "user_id": False, **vals})

    def test_task_on_record_of_another_company_goes_to_who_works_there(self):
        """Fails without ``_get_openers``: they would get an activity they cannot open."""
        lead = self._lead_of_lyon(partner_id=self.partner.id)  # whose salesperson is Sam
        self.partner.company_id = False
        rule = self._rule_on_offer(user=self.admin, company_id=False)
        rule.user_id = self.zoe

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(lead.activity_ids.user_id, self.zoe)

    def test_task_on_record_of_another_goes_to_who_sees_it(self):
        """A salesperson with access to their own records only."""
        lead = self._create_lead()

        self.assertEqual(self._plan(lead, responsible="user", responsible_id=self.tom.id).user_id, self.sam)

    def test_task_that_nobody_may_open_is_skipped_with_the_reason(self):
        lead = self._lead_of_lyon(partner_id=self.partner.id)
        rule = self._rule_on_offer(user=self.admin, company_id=False)
        rule.user_id = self.sam

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Call", "skipped", "no_access")])

    def test_tasks_cost_a_check_per_person_not_per_record(self):
        """Fails when each record is checked on its own."""
        self._rule_on_offer()
        counts = []
        for count in (2, 10, 40):
            self._drag(self._create_leads(count), self.stage_offer)
            before = self.env.cr.sql_log_count
            self._run_worker()
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts[1], counts[2])

    # Warnings

    def _new_step(self, model, **vals):
        rule = self._create_rule(
            "manual", [{**self._task(), **vals}], model=model, user=self.admin, company_id=vals.pop("company_id", False)
        )
        return rule.step_ids.with_user(self.admin)

    def test_step_warns_of_a_user_who_may_not_open_that_kind_of_record(self):
        """Fails without ``_get_reading_groups``."""
        step = self._new_step("account.payment", responsible="user", responsible_id=self.zoe.id)
        self.zoe.group_ids = [Command.set(self.env.ref("base.group_user").ids)]

        self.assertRegex(step.access_warning, "Zoe.*Payments.*Invoicing")

        step.responsible_id = self.admin
        step.invalidate_recordset()
        self.assertFalse(step.access_warning)

    def test_step_warns_of_a_user_of_another_company(self):
        rule = self._rule_on_offer([self._task(responsible="user", responsible_id=self.zoe.id)])

        self.assertRegex(rule.step_ids.with_user(self.manager).access_warning, "Zoe.*company")
        self.assertRegex(rule.with_user(self.manager).access_warning, "^Call: Zoe.*company")

    def test_step_warns_of_salespeople_who_may_not_open_that_kind_of_record(self):
        step = self._new_step("account.payment", responsible="salesperson")

        self.assertIn("Sam", step.access_warning)

    def test_form_warns_while_the_step_is_made(self):
        """At the earliest moment: before anything is saved."""
        rule = self._create_rule("manual", activate=False).with_user(self.manager)

        with Form(rule) as form, form.step_ids.new() as step:
            step.kind = "activity"
            step.responsible = "user"
            step.responsible_id = self.zoe
            self.assertRegex(step.access_warning, "Zoe.*company")
            step.responsible_id = self.manager
            self.assertFalse(step.access_warning)

    def test_step_for_leads_warns_of_nothing(self):
        for responsible in ("salesperson", "leader", "owner"):
            rule = self._rule_on_offer([self._task(responsible=responsible)])
            self.assertFalse(rule.step_ids.with_user(self.manager).access_warning)
