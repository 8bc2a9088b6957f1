from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import RecordCapturer, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepActivity(CrmTriggersCommon):
    """A step plans a task: for whom, until when."""

    def _plan(self, lead=None, **step):
        """Return the task that a rule plans on a lead reaching the stage "Offer"."""
        self._rule_on_offer([self._task(**step)])
        lead = lead or self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return lead.sudo().activity_ids

    def test_task_deadline_counts_from_the_day_it_is_planned(self):
        """K27, K33, K55."""
        activity = self._plan(activity_date_deadline_range=3)

        self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-02-05"))

    def test_task_whose_deadline_has_no_unit_is_due_in_days(self):
        """The form of the step has all values. Fails without "days" in ``create``."""
        rule = self._rule_on_offer([self._task(activity_date_deadline_range=3)])

        self.assertEqual(rule.step_ids.activity_date_deadline_range_type, "days")

    def test_task_deadline_in_weeks(self):
        activity = self._plan(activity_date_deadline_range=2, activity_date_deadline_range_type="weeks")

        self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-02-16"))

    def test_task_deadline_without_a_unit_is_in_days_and_ready_rules_can_be_edited(self):
        """The form asks for the unit: a step of the gallery could not be saved there. Fails without
        ``activity_date_deadline_range_type`` in ``create`` of the delegate."""
        step = self._create_rule(steps=[self._task(activity_date_deadline_range=3)]).step_ids
        ready = self.env.ref("crm_triggers.template_lead_call").with_user(self.manager)
        ready.step_ids.sudo().activity_date_deadline_range_type = False  # as those made before
        used = ready.browse(ready.action_use()["res_id"]).step_ids

        self.assertEqual((step | used).mapped("activity_date_deadline_range_type"), ["days", "days"])

    def test_task_deadline_is_a_day_of_who_has_to_do_it(self):
        """At 23:30 UTC it is tomorrow in Paris. Fails without ``to_local`` in ``_get_deadline``."""
        self._move_to("2026-02-02 23:30")

        activity = self._plan()

        self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-02-03"))

    def test_task_deadline_counts_from_the_date_of_the_rule(self):
        """K48: the task is due n days after the date, not after today."""
        step = self._task(deadline_from="date", activity_date_deadline_range=30)
        self._create_rule("date", [step], date="date_deadline", trg_date_range=30)
        lead = self._create_lead(date_deadline="2026-03-10")

        self._run_until("2026-02-08 09:00")

        self.assertEqual(lead.activity_ids.date_deadline, fields.Date.to_date("2026-04-09"))

    def test_task_counted_from_the_date_of_a_rule_without_date_is_refused(self):
        with self.assertRaises(ValidationError):
            self._rule_on_offer([self._task(deadline_from="date")])

    def test_task_delay_before_the_date_of_the_rule(self):
        """K52: x days before the date, as a step."""
        steps = [self._task("Early"), self._task("Close", delay_from="date", delay_count=-7)]
        self._create_rule("date", steps, date="date_deadline", trg_date_range=30)
        lead = self._create_lead(date_deadline="2026-03-10")

        self._run_until("2026-02-08 09:00")

        self.assertExecutions(lead, [("Early", "done"), ("Close", "scheduled")])
        self.assertPlannedFor(lead, "2026-03-03 07:00:00")

    def test_task_goes_to_the_salesperson(self):
        """K46."""
        self.assertEqual(self._plan().user_id, self.sam)

    def test_task_goes_to_the_team_leader_when_chosen(self):
        """K18, K30."""
        self.assertEqual(self._plan(responsible="leader").user_id, self.manager)

    def test_task_goes_to_the_chosen_user(self):
        self.tom.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")

        self.assertEqual(self._plan(responsible="user", responsible_id=self.tom.id).user_id, self.tom)

    def test_task_of_record_without_salesperson_goes_to_that_of_the_contact(self):
        self.partner.user_id = self.tom
        lead = self._create_lead().sudo()
        lead.user_id = False

        self.assertEqual(self._plan(lead).user_id, self.tom)

    def test_task_without_any_salesperson_goes_to_the_team_leader(self):
        self.partner.user_id = False
        lead = self._create_lead().sudo()
        lead.write({"user_id": False, "team_id": self.team.id})
        self.team.user_id = self.tom

        self.assertEqual(self._plan(lead).user_id, self.tom)

    def test_task_archived_salesperson_is_passed_over(self):
        lead = self._create_lead().sudo()
        self.sam.active = False

        self.assertEqual(self._plan(lead).user_id, self.manager)

    def test_task_for_nobody_is_skipped_with_the_reason(self):
        """Fails without ``given`` in ``_act_activity``."""
        rule = self._rule_on_offer()
        rule.user_id = False
        lead = self._create_lead(partner_id=False).sudo()
        lead.write({"user_id": False, "team_id": False})

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Call", "skipped", "no_responsible")])

    def test_task_is_the_result_of_its_execution(self):
        """K09: what a rule did leads to what came of it."""
        activity = self._plan()

        execution = self._get_executions(self.env["crm.lead"].browse(activity.res_id))
        self.assertEqual((execution.result_model, execution.result_id), ("mail.activity", activity.id))

    def test_task_is_made_by_the_system_not_by_who_caused_it(self):
        """Promise 8: it may be the public user. Fails when the worker runs as another user."""
        activity = self._plan()

        self.assertEqual(activity.create_uid, self.env.ref("base.user_root"))

    def test_task_is_not_mailed(self):
        """A task is seen; its mail would be one more."""
        self.tom.notification_type = "email"

        with RecordCapturer(self.env["mail.mail"]) as capture:
            self._plan(responsible="user", responsible_id=self.tom.id)

        self.assertFalse(capture.records)

    def test_tasks_of_a_long_delay_keep_the_hour_across_the_change_of_clocks(self):
        self._rule_on_offer([self._task(delay_count=2, delay_unit="months")])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)

        self.assertPlannedFor(lead, "2026-04-02 08:00:00")

    def test_steps_follow_one_another(self):
        """Z51: several actions, in order; each delay counts from its setting."""
        steps = [
            self._task("First", sequence=1, delay_count=1),
            self._task("Second", sequence=2, delay_count=2),
            self._task("Third", sequence=3, delay_count=5, delay_from="start"),
        ]
        self._rule_on_offer(steps)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.assertPlannedFor(lead, "2026-02-03 09:00:00")

        self._run_until("2026-02-03 12:00")
        self.assertPlannedFor(lead, "2026-02-05 12:00:00")
        self._run_until("2026-02-05 12:00")
        self.assertPlannedFor(lead, "2026-02-07 09:00:00")
        self._run_until("2026-02-07 12:00")

        self.assertExecutions(lead, [("First", "done"), ("Second", "done"), ("Third", "done")])
        self.assertEqual(self._get_runs(lead).state, "done")

    def test_task_is_in_the_language_of_who_has_to_do_it(self):
        """One rule serves salespeople of several languages. Fails without ``lang`` in ``_prepare_activity_values``."""
        rule = self._rule_on_offer([self._task("Call", activity_note="<p>Be kind</p>")])
        french = rule.step_ids.with_context(lang="fr_FR")
        french.activity_summary = "Appeler"
        french.update_field_translations("activity_note", {"fr_FR": {"Be kind": "Soyez aimable"}})
        self.sam.lang = "fr_FR"
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(lead.activity_ids.summary, "Appeler")
        self.assertIn("Soyez aimable", lead.activity_ids.note)
