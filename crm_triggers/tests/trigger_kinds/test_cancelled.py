from unittest.mock import patch

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestCancelled(CrmTriggersCommon):
    """Cancelled means cancelled by a user. Side effects do not count, and no customer is informed of them."""

    def setUp(self):
        super().setUp()
        self.call = self.env.ref("mail.mail_activity_data_call")
        self.rule, self.meeting_rule = map(self._rule_on, ("activity_cancelled", "meeting_cancelled"))

    def _rule_on(self, happening):
        return self._create_rule("happening", [self._note()], happening=happening)

    def _create_lead_of(self, user):
        lead = self._create_lead().sudo()
        lead.user_id = user
        self._new_transaction()
        return lead

    def _plan(self, lead, **vals):
        """Return an activity of the salesperson of a lead."""
        activity = lead.sudo().activity_schedule(activity_type_id=self.call.id, user_id=lead.user_id.id, **vals)
        self._new_transaction()
        return activity

    def _meet(self, lead):
        """Return a meeting of the salesperson of a lead."""
        values = {"name": "Visit", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}
        meeting = self.env["calendar.event"].create({**values, "opportunity_id": lead.id, "user_id": lead.user_id.id})
        self._new_transaction()
        return meeting

    def assertCancelled(self, activities=0, meetings=0):  # noqa: N802
        self._new_transaction()
        self.assertEqual((len(self.rule.run_ids), len(self.meeting_rule.run_ids)), (activities, meetings))

    def test_by_a_person(self):
        """By the two buttons and by deleting it, for any assignee, also with its meeting."""
        lead = self._create_lead()
        self._plan(lead).with_user(self.manager).unlink()
        self._plan(lead).with_user(self.sam).action_cancel()
        activity, meeting = self._plan(lead), self._meet(lead)
        activity.calendar_event_id = meeting
        activity.unlink_w_meeting()
        self.assertCancelled(3, 1)
        self._meet(lead).with_user(self.sam).action_archive()
        self.assertCancelled(3, 2)

    def test_user_who_leaves(self):
        """By the button, in a write, or deleted: Odoo removes what he had to do. Fails without ``res.users``."""
        salesman = "base.group_user,sales_team.group_sale_salesman"
        others = self._create_users(("ann", salesman, self.company), ("bob", salesman, self.company))
        for user, leave in (
            (self.tom, lambda user: user.action_archive()),
            (others[0], lambda user: user.write({"active": False})),
            (others[1], lambda user: user.unlink()),
        ):
            lead = self._create_lead_of(user)
            self._plan(lead), self._meet(lead)
            leave(user)
            self.assertCancelled()

    def test_activities_removed_before_their_user_leaves(self):
        """As an add-on may do, in one transaction; what is cancelled later is cancelled. Fails without
        ``_get_just_archived``."""
        lead = self._create_lead_of(self.tom)
        activity, meeting = self._plan(lead), self._meet(lead)
        left = self._meet(lead)
        activity.unlink()
        meeting.unlink()
        self.tom.action_archive()
        self.assertCancelled()

        self._move_to("2026-02-02 10:00:00")
        left.unlink()
        self.assertCancelled(0, 1)

    def test_record_that_is_archived_lost_or_deleted(self):
        """With its activities, in whatever order."""
        first, second, third = self._create_leads(3).sudo()
        for lead in (first, second, third):
            self._plan(lead), self._meet(lead)
        first.activity_ids.unlink()
        first.action_archive()
        second.action_set_lost()
        second.with_context(active_test=False).activity_ids.unlink()
        self.env["calendar.event"].search([("opportunity_id", "in", (first | second).ids)]).unlink()
        third.unlink()
        self.assertCancelled()

    def test_cleaned_up(self):
        """What is overdue for years, what Odoo planned itself, and an add-on that goes."""
        lead = self._create_lead().sudo()
        self.env["ir.config_parameter"].set_param("mail.activity.gc.delete_overdue_years", 3)
        old = self._plan(lead, date_deadline="2020-01-01")
        self.env["mail.activity"]._gc_delete_old_overdue_activities()
        self.assertFalse(old.exists())
        self._plan(lead)
        lead.activity_unlink(["mail.mail_activity_data_call"])
        self.assertFalse(lead.activity_ids)
        self._plan(lead), self._meet(lead)
        leaving = {MODULE_UNINSTALL_FLAG: True}
        lead.activity_ids.with_context(**leaving).unlink()
        lead.calendar_event_ids.with_context(**leaving).unlink()
        self.assertCancelled()

    def test_done_is_not_cancelled(self):
        self._plan(self._create_lead()).action_feedback()
        self.assertCancelled()

    def test_step_that_settles_it(self):
        """Rules that wait for what people cancel do not take one another for people."""
        closing = {"kind": "close", "name": "Close", "close_as": "cancel", "close_place": "record"}
        types = [Command.link(self.call.id)]
        self._rule_on_offer([{**closing, "close_type_ids": types}])
        lead = self._create_lead()
        self._plan(lead)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self.assertFalse(lead.activity_ids)
        self.assertCancelled()

    def test_merged(self):
        """The meetings and activities of both continue, and are not planned again."""
        planned = self._rule_on("meeting_planned")
        head, tail = self._create_lead(probability=90), self._create_lead(probability=10)
        self._plan(tail), self._meet(tail)
        before = len(planned.run_ids)
        (head | tail).merge_opportunity()
        self.assertCancelled()
        self.assertEqual(len(planned.run_ids), before)

    def test_other_calendars(self):
        """What comes from Google or Outlook Calendar; their add-ons need not be there."""
        meeting = self._meet(self._create_lead())

        def cancel(events, *_args, **_kwargs):
            events.env["calendar.event"].browse(meeting.ids).unlink()

        for model, name in (
            ("calendar.event", "_sync_google2odoo"),
            ("calendar.recurrence", "_sync_google2odoo"),
            ("calendar.event", "_sync_microsoft2odoo"),
            ("calendar.recurrence", "_sync_microsoft2odoo"),
        ):
            with self.subTest(name=name), patch.object(self.env.registry["base"], name, cancel, create=True):
                getattr(self.env[model], name)()
                self.assertFalse(meeting.exists())
            self.assertCancelled()
            meeting = self._meet(self._create_lead())
