from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rule.test_working_time import WorkingTimeCommon


@tagged("post_install", "-at_install")
class TestWorkingTimeStep(WorkingTimeCommon):
    """Steps that count working days or hours, by the working hours of the company of the record."""

    def test_step_two_working_days_after_friday_is_on_tuesday(self):
        """K27. Fails without ``working`` in ``_get_due_at``."""
        self._rule_on_offer([self._task(delay_count=2, working_time=True)])
        lead = self._create_lead()
        self._move_to("2026-02-06 15:00")

        self._drag(lead, self.stage_offer)

        self.assertPlannedFor(lead, "2026-02-10 15:00")

    def test_step_working_hours_go_on_in_the_morning(self):
        """Z36: eight working hours from Friday at four."""
        self._rule_on_offer([self._task(delay_count=8, delay_unit="hours", working_time=True)])
        lead = self._create_lead()
        self._move_to("2026-02-06 15:00")

        self._drag(lead, self.stage_offer)

        self.assertPlannedFor(lead, "2026-02-09 15:00")

    def test_step_at_once_waits_for_working_hours(self):
        self._rule_on_offer([self._task(delay_unit="hours", working_time=True)])
        lead = self._create_lead()
        self._move_to("2026-02-07 15:00")

        self._drag(lead, self.stage_offer)

        self.assertPlannedFor(lead, "2026-02-09 07:00")

    def test_step_before_date_counts_working_days(self):
        step = self._task(delay_count=-2, delay_from="date", working_time=True)
        self._create_rule("date", [step], date="date_deadline", trg_date_range=20)
        lead = self._create_lead(date_deadline="2026-02-16")

        self.assertPlannedFor(lead, "2026-02-12 07:00")

    def test_leave_added_after_planning_does_not_move_what_is_planned(self):
        """As the help says; the next step takes it into account."""
        delay = {"delay_count": 1, "working_time": True}
        self._rule_on_offer([self._task("First", **delay), self._task("Second", **delay)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._close("2026-02-03", "2026-02-04")
        self.assertPlannedFor(lead, "2026-02-03 09:00")
        self._run_until("2026-02-03 09:00")

        self.assertPlannedFor(lead, "2026-02-05 09:00")

    def test_step_counts_by_the_company_of_the_record(self):
        """K22: Lyon works on Saturdays only. Fails without ``company`` in ``_get_working_time``."""
        saturday = {"name": "Saturday", "dayofweek": "5", "hour_from": 9, "hour_to": 12}
        attendances = [Command.clear(), Command.create(saturday)]
        self.company_b.resource_calendar_id = self._create_calendar(self.company_b, attendance_ids=attendances)
        step = self._task(delay_count=1, working_time=True)
        self._create_rule("create", [step], user=self.admin, company_id=False)

        leads = self.env["crm.lead"].create(
            [{"name": company.name, "company_id": company.id} for company in (self.company, self.company_b)]
        )
        self._new_transaction()

        self.assertPlannedFor(leads[0], "2026-02-03 09:00")
        self.assertPlannedFor(leads[1], "2026-02-07 09:00")

    def test_deadline_counts_working_days_too(self):
        """K27: « rappeler avant J+2 ». Fails without ``working`` in ``_get_deadline``."""
        self._rule_on_offer([self._task(activity_date_deadline_range=2, working_time=True)])
        lead = self._create_lead()
        self._move_to("2026-02-06 15:00")

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(str(lead.activity_ids.date_deadline), "2026-02-10")

    def test_company_without_working_hours_is_refused_with_its_cure(self):
        rule = self._rule_on_offer([self._task(delay_count=2, working_time=True)], activate=False)
        self.calendar.attendance_ids.unlink()
        with self.assertRaisesRegex(UserError, "“Rule”, step “Call”.*“Office” has no working hours"):
            rule.action_activate()

        self.company.resource_calendar_id = False
        with self.assertRaisesRegex(UserError, "“Rule”, step “Call”.*has no working hours"):
            rule.action_activate()

    def test_calendar_emptied_while_running_stops_the_run_and_tells(self):
        """Promise 5: what was done stays done, and the owner learns why nothing follows."""
        self._rule_on_offer([self._task("First"), self._task("Second", delay_count=1, working_time=True)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.calendar.attendance_ids.unlink()

        self._run_worker()

        self.assertExecutions(lead, [("First", "done")])
        self.assertStopped(lead, "error")
        self.assertIn("no working time", self._get_runs(lead).error)

    def _create_rule_for_all(self, trigger="create", **vals):
        """Return a rule for Paris, and for Lyon where nobody works by the calendar."""
        self.company_b.resource_calendar_id = self._create_calendar(self.company_b, attendance_ids=[Command.clear()])
        step = self._task(delay_count=1, working_time=True)
        return self._create_rule(trigger, [step], user=self.admin, company_id=False, **vals)

    def _create_lead_in_each(self, **vals):
        companies = self.company_b, self.company
        leads = self.env["crm.lead"].create([{"name": one.name, "company_id": one.id, **vals} for one in companies])
        self._new_transaction()
        return leads

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_company_without_working_hours_leaves_the_others_be(self):
        """Promise 3. Fails without ``_get_due_times``: nothing was planned for any of the import."""
        rule = self._create_rule_for_all()

        in_lyon, in_paris = self._create_lead_in_each()

        self.assertPlannedFor(in_paris, "2026-02-03 09:00")
        self.assertStopped(in_lyon, "error")
        self.assertIn("“Rule”, step “Call”", self._get_runs(in_lyon).error)
        self._commit()
        self.assertIn("no working time", rule.activity_ids.note)

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_company_without_working_hours_leaves_the_dates_of_others_be(self):
        """Promise 2. Fails without ``_get_due_times``: each sweep was undone for ever."""
        self._create_rule_for_all("date", date="date_deadline", trg_date_range=1)
        in_lyon, in_paris = self._create_lead_in_each(date_deadline="2026-02-06")

        self._move_to("2026-02-05 09:00")
        self._run_sweep()

        self.assertPlannedFor(in_paris, "2026-02-06 09:00")
        self.assertStopped(in_lyon, "error")

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_company_without_working_hours_leaves_those_done_with_others_be(self):
        """Fails without ``_get_due_times``: the runs of the whole batch were stopped."""
        rule = self._create_rule_for_all(keep_matching=False)
        self.env["crm.trigger.step"].create({**self._update("priority", 2, sequence=1), "rule_id": rule.id})
        in_lyon, in_paris = self._create_lead_in_each()

        self._run_worker()

        self.assertExecutions(in_paris, [("Update", "done"), ("Call", "scheduled")])
        self.assertExecutions(in_lyon, [("Update", "done")])
        self.assertStopped(in_lyon, "error")

    def test_timing_in_words(self):
        rule = self._create_rule("date", date="date_deadline", activate=False)
        cases = [
            ({"delay_count": 2}, "2 working days after the previous step"),
            ({"delay_count": 3, "delay_unit": "hours", "delay_from": "start"}, "3 working hours after the start"),
            ({"delay_count": -2, "delay_from": "date"}, "2 working days before the date of the rule"),
            ({"delay_count": 1, "delay_unit": "weeks"}, "1 week after the previous step"),
            ({}, "Immediately, on a working day"),
            ({"delay_unit": "hours"}, "Immediately, within working hours"),
        ]
        for vals, timing in cases:
            with self.subTest(vals=vals):
                step = self.env["crm.trigger.step"].create(
                    {**self._task(working_time=True), "rule_id": rule.id, **vals}
                )
                self.assertEqual(step.timing, timing)

    def test_calendar_is_read_once_however_many_records(self):
        """Fails without the cache in ``_get_crm_trigger_time``."""
        self._rule_on_offer([self._task(delay_count=2, working_time=True)])
        self._drag(self._create_leads(2), self.stage_offer)  # what is cached per process
        counts = []
        for many in (self._create_leads(2), self._create_leads(15)):
            many.with_context(tracking_disable=True).stage_id = self.stage_offer
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env.cr.precommit.run()
            counts.append(self.env.cr.sql_log_count - before)
            self._new_transaction()

        self.assertEqual(*counts)
        self.assertEqual(len(set(self._get_executions(many).mapped("scheduled_at"))), 1)
        self.assertEqual(self._get_executions(many)[0].scheduled_at, fields.Datetime.to_datetime("2026-02-04 09:00:00"))
