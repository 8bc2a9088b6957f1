from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepAgenda(CrmTriggersCommon, MailCase):
    """K55: a meeting in the calendar of the responsible user, at the first free slot of their working hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "8 to 12, 13 to 17", "tz": "Europe/Paris", "company_id": cls.company.id}
        )

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _agenda(self, **vals):
        return {"kind": "agenda", "name": "Plan", "agenda_title": "Prepare the offer", **vals}

    def _plan(self, count=1, leads=None, **vals):
        """Return the meetings that a rule plans on leads, reaching the stage "Offer", in their order."""
        rule = self._rule_on_offer([self._agenda(**vals)])
        leads = leads or self._create_leads(count)
        self._drag(leads, self.stage_offer)
        self._run_worker()
        rule.action_draft()
        lines = self._get_executions(leads, rule)
        self.assertFalse(lines.filtered("error").mapped("error"))
        return self.env["calendar.event"].browse([line.result_id for line in lines if line.result_id])

    def _occupy(self, user, start, stop, **vals):
        """Have a user do something else."""
        values = {"name": "Busy", "start": start, "stop": stop, "user_id": user.id, **vals}
        event = self.env["calendar.event"].create({**values, "partner_ids": user.partner_id.ids})
        self._new_transaction()
        return event

    def _starts(self, events):
        return [str(event.start)[:16] for event in events]

    def test_meeting_is_at_the_next_free_hour_of_the_salesperson(self):
        """It is ten o'clock in Paris, on a Monday: a quarter past."""
        lead = self._create_lead()

        event = self._plan(leads=lead)

        self.assertEqual(self._starts(event), ["2026-02-02 09:15"])
        self.assertEqual((event.user_id, event.partner_ids), (self.sam, self.sam.partner_id))
        self.assertEqual((event.name, event.duration), ("Prepare the offer: Lead 0", 1))
        self.assertEqual((event.res_model, event.res_id), ("crm.lead", lead.id))
        self.assertEqual(lead.sudo().activity_ids.calendar_event_id, event)
        self.assertEqual(lead.sudo().activity_ids.user_id, self.sam)
        self.assertFalse(event.opportunity_id, "no meeting with the customer")
        self.assertFalse(self._new_mails)

    def test_meetings_of_a_batch_do_not_overlap(self):
        """Nor do they run through the break or the evening. Fails without ``busy[user].append``."""
        self.assertEqual(
            self._starts(self._plan(8)),
            [f"2026-02-02 {hour}" for hour in ("09:15", "12:00", "13:00", "14:00", "15:00")]
            + [f"2026-02-03 {hour}" for hour in ("07:00", "08:00", "09:00")],
        )

    def test_what_he_has_to_do_is_respected(self):
        """A meeting, a whole day off, a leave; not what is free, declined, or another's."""
        self._occupy(self.sam, "2026-02-02 09:00:00", "2026-02-02 16:00:00")
        self._occupy(self.sam, "2026-02-03 08:00:00", "2026-02-03 18:00:00", allday=True)
        resource = {"name": "Sam", "user_id": self.sam.id, "calendar_id": self.company.resource_calendar_id.id}
        leave = {"name": "Ski", "date_from": "2026-02-04 00:00:00", "date_to": "2026-02-05 10:00:00"}
        resource = self.env["resource.resource"].create({**resource, "tz": "Europe/Paris"})
        self.env["resource.calendar.leaves"].create({**leave, "resource_id": resource.id})
        whole_day = ("2026-02-05 06:00:00", "2026-02-05 18:00:00")
        self._occupy(self.sam, *whole_day, show_as="free")
        self._occupy(self.tom, *whole_day)
        self._occupy(self.sam, *whole_day).attendee_ids.state = "declined"

        self.assertEqual(self._starts(self._plan()), ["2026-02-05 10:00"])

    def _create_resource(self, **vals):
        values = {"name": "Sam", "user_id": self.sam.id, "calendar_id": self.company.resource_calendar_id.id}
        return self.env["resource.resource"].create({**values, "tz": "Europe/Paris", **vals})

    def _leave(self, resource, **vals):
        values = {"name": "Away", "date_from": "2026-02-02 00:00:00", "date_to": "2026-02-06 23:00:00"}
        leave = self.env["resource.calendar.leaves"].create({**values, "resource_id": resource.id, **vals})
        self._new_transaction()
        return leave

    def test_what_is_no_absence_takes_no_time(self):
        """Meetings that were cancelled, work elsewhere, leaves of a company that he left. Fails without any of
        these in the searches."""
        free = ["2026-02-02 09:15"]
        week = ("2026-02-02 06:00:00", "2026-02-06 20:00:00")
        self._occupy(self.sam, *week).action_archive()
        self._occupy(self.sam, *week, allday=True).active = False
        self._leave(self._create_resource(), time_type="other")
        self.assertEqual(self._starts(self._plan()), free)

        self.env["resource.resource"].search([("user_id", "=", self.sam.id)]).active = False
        former = self._create_resource()
        self._leave(former)
        former.active = False
        self.env["calendar.event"].search([("user_id", "=", self.sam.id)]).unlink()
        self.assertEqual(self._starts(self._plan()), free)
        self.assertFalse(self.env["ir.actions.server"]._get_crm_trigger_absent(self.sam))

    def test_holidays_of_his_working_hours_are_kept(self):
        """Of the company, by Odoo's own count; not those of other working hours."""
        self._create_resource()
        other = self.company.resource_calendar_id.copy()
        self._leave(self.env["resource.resource"], calendar_id=self.company.resource_calendar_id.id)
        self._leave(self.env["resource.resource"], calendar_id=other.id, date_to="2026-02-27 23:00:00")
        self.assertEqual(self._starts(self._plan()), ["2026-02-09 07:00"])

    def test_whole_day_is_that_of_who_attends(self):
        """Also in the afternoon west of Greenwich, and at the other end of the world. Fails with ``stop`` alone
        in the search."""
        for tz, now, day, expected in (
            ("America/Los_Angeles", "2026-02-02 19:00:00", "2026-02-02", "2026-02-03 16:00"),
            ("Pacific/Honolulu", "2026-02-03 02:30:00", "2026-02-02", "2026-02-03 18:00"),
            ("Pacific/Auckland", "2026-02-02 18:30:00", "2026-02-03", "2026-02-03 19:00"),
        ):
            with self.subTest(tz=tz):
                self.sam.tz = tz
                self._move_to(now)
                whole_day = {"allday": True, "start_date": day, "stop_date": day}
                event = self._occupy(self.sam, f"{day} 08:00:00", f"{day} 18:00:00", **whole_day)
                planned = self._plan()
                self.assertEqual(self._starts(planned), [expected])
                (event | planned).unlink()

    def test_meeting_that_fits_into_nobodys_hours_is_refused(self):
        """Four hours in one go is all there is; somebody who works through may have more. Fails without
        ``_fits_agenda``."""
        self._rule_on_offer([self._agenda(agenda_duration=4)])
        with self.assertRaisesRegex(UserError, "step “Plan”: no possible participant works 6 hours without a break"):
            self._rule_on_offer([self._agenda(agenda_duration=6)])

        through = self.env["resource.calendar"].create({"name": "Through", "tz": "Europe/Paris"})
        monday = {"name": "Monday", "dayofweek": "0", "hour_from": 8, "hour_to": 16, "day_period": "morning"}
        through.attendance_ids = [Command.clear(), Command.create(monday)]
        self._create_resource(calendar_id=through.id)
        self._new_transaction()
        self.assertEqual(self._starts(self._plan(agenda_duration=6)), ["2026-02-09 07:00"])
        for_tom = {"responsible": "user", "responsible_id": self.tom.id}
        with self.assertRaisesRegex(UserError, "works 6.5 hours"):
            self._rule_on_offer([self._agenda(agenda_duration=6.5, **for_tom)])

    def test_who_is_out_of_office_gets_none_before_he_is_back(self):
        self.sam.write({"out_of_office_from": "2026-02-01 00:00:00", "out_of_office_to": "2026-02-04 12:00:00"})

        self.assertEqual(self._starts(self._plan(pass_over_absent=False)), ["2026-02-04 12:00"])
        self.assertEqual(self._plan().user_id, self.manager, "it is the next one's")

    def test_hours_are_those_on_his_clock(self):
        """The company's eight o'clock is eight o'clock for the user; their own calendar has priority."""
        self.sam.tz = "America/New_York"
        self.assertEqual(self._starts(self._plan()), ["2026-02-02 13:00"])

        evenings = self.env["resource.calendar"].create({"name": "Evenings", "tz": "Europe/Paris"})
        monday = {"name": "Monday", "dayofweek": "0", "hour_from": 18, "hour_to": 20, "day_period": "afternoon"}
        evenings.attendance_ids = [Command.clear(), Command.create(monday)]
        resource = {"name": "Sam", "user_id": self.sam.id, "calendar_id": evenings.id, "tz": "Europe/Paris"}
        self.env["resource.resource"].create(resource)
        self._new_transaction()
        self.assertEqual(self._starts(self._plan()), ["2026-02-02 17:00"])

    def test_change_of_clocks_keeps_the_hour(self):
        """Summer time begins on 29 March: eight o'clock is six in UTC."""
        self._move_to("2026-03-27 16:00:00")

        self.assertEqual(self._starts(self._plan(2)), ["2026-03-30 06:00", "2026-03-30 07:00"])

    def test_not_before_some_days(self):
        """In the morning of that day; in working days if the step counts them."""
        self._move_to("2026-02-06 15:00:00")  # a Friday

        self.assertEqual(self._starts(self._plan(agenda_delay=4)), ["2026-02-10 07:00"])
        self.assertEqual(self._starts(self._plan(agenda_delay=4, working_time=True)), ["2026-02-12 07:00"])

    def test_contact_is_invited_on_demand(self):
        """Then it is a meeting on the opportunity, and the customer gets a mail after the commit."""
        lead = self._create_lead()

        event = self._plan(leads=lead, agenda_invite=True)

        self.assertEqual(event.partner_ids, self.sam.partner_id | self.partner)
        self.assertEqual(event.opportunity_id.id, lead.id)
        self.assertEqual(self._new_mails.recipient_ids, self.partner)

    def test_contact_is_met_by_one_at_a_time(self):
        """If he is invited, in one batch and later. Fails without ``guests`` in ``_find_crm_trigger_slots``."""
        leads, later, alone = (self._create_leads(count).sudo() for count in (2, 1, 1))
        leads[1].user_id = self.tom
        (later | alone).user_id = self.manager
        starts = self._starts(self._plan(leads=leads, agenda_invite=True))
        self.assertEqual(starts, ["2026-02-02 09:15", "2026-02-02 12:00"])
        self.assertEqual(self._starts(self._plan(leads=later, agenda_invite=True)), ["2026-02-02 13:00"])
        self.assertEqual(self._starts(self._plan(leads=alone)), ["2026-02-02 09:15"])

    def test_who_cannot_be_invited_is_not_met(self):
        """Who wants no emails, is archived, has no address or one that bounced. Fails without
        ``_get_crm_trigger_unreachable``."""
        gone, mute, bounced = self.env["res.partner"].create(
            [
                {"name": "Gone", "email": "gone@example.com"},
                {"name": "Mute"},
                {"name": "Bounced", "email": "bounced@example.com", "message_bounce": 2},
            ]
        )
        self.env["mail.blacklist"]._add(self.partner.email)
        for partner, reason in (
            (self.partner, "blacklist"),
            (gone, "archived"),
            (mute, "no_recipient"),
            (bounced, "bounced"),
            (mute.browse(), "no_contact"),
        ):
            lead = self._create_lead(partner_id=partner.id)
            gone.active = False

            events = self._plan(leads=lead, agenda_invite=True)

            with self.subTest(reason):
                self.assertFalse(events)
                self.assertExecutions(lead, [("Plan", "skipped", reason)])
        self.assertFalse(self._new_mails)
        self.assertEqual(self._plan(leads=self._create_lead(partner_id=mute.id)).partner_ids, self.sam.partner_id)

    def test_no_time_in_three_months_is_said(self):
        self._occupy(self.sam, "2026-02-01 00:00:00", "2026-12-01 00:00:00")
        lead = self._create_lead()

        self.assertFalse(self._plan(leads=lead).exists())
        self.assertExecutions(lead, [("Plan", "skipped", "no_slot")])

    def test_looking_for_slots_takes_no_query_per_record(self):
        action = self._rule_on_offer([self._agenda()]).step_ids.action_id
        counts = []
        for count in (2, 10, 40):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            action._find_crm_trigger_slots([self.sam, self.tom] * count)
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts[1], counts[2])

    def test_server_action_plans_for_the_salesperson(self):
        lead = self._create_lead().sudo()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Plan",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "crm_trigger_agenda",
                "agenda_title": "Call",
            }
        )

        action.with_context(active_model="crm.lead", active_ids=lead.ids).run()

        self.assertEqual(lead.activity_ids.calendar_event_id.user_id, self.sam)

    # Bad input

    def test_wrong_input_is_refused(self):
        for vals, expected in (
            ({"agenda_title": False}, "write the subject of the meeting"),
            ({"agenda_duration": 0}, "between 1 minute and 12 hours"),
            ({"agenda_duration": 13}, "between 1 minute and 12 hours"),
            ({"agenda_delay": -1}, "cannot be in the past"),
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, f"Rule “Rule”, step “Plan”: .*{expected}"):
                self._rule_on_offer([self._agenda(**vals)])

    def test_company_without_working_hours_is_told(self):
        self.company.resource_calendar_id = False

        with self.assertRaisesRegex(UserError, "step “Plan”: .* has no working hours"):
            self._rule_on_offer([self._agenda()])

    def test_form_offers_it_with_what_is_usual(self):
        rule = self._create_rule("manual", activate=False).with_user(self.manager)

        with Form(rule) as form, form.step_ids.new() as step:
            step.kind = "agenda"
            step.name = "Plan"
            self.assertEqual(step.agenda_duration, 1)
            step.agenda_title = "Prepare the offer"
            self.assertEqual(step.phrase, "plan “Prepare the offer” in the calendar of the salesperson")
            step.agenda_invite = True
            self.assertEqual(
                step.phrase, "plan “Prepare the offer” with the customer in the calendar of the salesperson"
            )
