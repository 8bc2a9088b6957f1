from datetime import datetime, time, timedelta

from odoo import api, fields, models

from ....engine import states
from ....engine.agenda import GRID, first_free
from ....engine.schedule import shift_day, to_local, to_utc
from ....engine.working_time import NoWorkingTimeError, Span
from .availability import LONGEST

HORIZON = timedelta(days=92)  # how far ahead a free slot is searched


class IrActionsServer(models.Model):
    """Puts a meeting into a user's calendar, at the first free slot of their working hours."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_trigger_agenda", "Plan Meeting")], ondelete={"crm_trigger_agenda": "cascade"}
    )
    agenda_title = fields.Char(
        "Subject", translate=True, help="The title in the calendar, before the name of the record."
    )
    agenda_duration = fields.Float("How long", default=1.0, help="Duration of the meeting, in hours and minutes.")
    agenda_delay = fields.Integer(
        "Not before",
        default=0,
        help="How many days from now the search for a free slot starts; 0 for today.",
    )
    agenda_invite = fields.Boolean(
        "Invite the contact",
        help="The contact of the record is invited by email, and it counts as a meeting on the opportunity.",
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_trigger_agenda":
            if not self.agenda_title:
                warnings.append(self.env._("write the subject of the meeting."))
            if not 0 < self.agenda_duration <= LONGEST:
                warnings.append(self.env._("the duration must be between 1 minute and %s hours.", LONGEST))
            if self.agenda_delay < 0:
                warnings.append(self.env._("a meeting cannot be in the past: count the days from now on."))
        return warnings

    def _run_action_crm_trigger_agenda_multi(self, eval_context=None):
        """Plan a meeting for the salesperson of each record that has one."""
        records = self._crm_trigger_get_active_records()
        fname = self._get_crm_trigger_owner_field()
        documents = self.env["crm.trigger.step"]._get_documents(records)
        owners = [(document, document[fname] if fname else self.env["res.users"]) for document in documents.values()]
        step, get_partner = self._get_crm_trigger_step(), self.env["crm.trigger.run"]._get_partner
        refused = self._get_crm_trigger_uninvited(map(get_partner, documents.values()))
        wanted = [
            (document, user)
            for document, user in owners
            if user._crm_trigger_there(step._get_sending_company(document)) and get_partner(document) not in refused
        ]
        guests = [self._get_crm_trigger_guest(document) for document, _user in wanted]
        slots = self._find_crm_trigger_slots([user for _document, user in wanted], guests)
        self._create_crm_trigger_meetings(
            [(document, user, slot) for (document, user), slot in zip(wanted, slots, strict=True) if slot]
        )
        return False

    def _get_crm_trigger_guest(self, record):
        """Return the contact that is invited to the meeting about a record; may be empty."""
        return self.env["crm.trigger.run"]._get_partner(record) if self.agenda_invite else self.env["res.partner"]

    def _get_crm_trigger_uninvited(self, partners):
        """Return ``{contact: skip reason}`` of those with whom no meeting is planned: those who get no email, if it
        invites them, and empty contacts.

        :param partners: contacts of records, an empty one for none
        """
        if not self.agenda_invite:
            return {}
        people = self.env["res.partner"].union(*partners)
        return {people.browse(): states.SKIP_NO_CONTACT} | people._get_crm_trigger_unreachable()

    def _get_crm_trigger_earliest(self, user, *, working_days=False):
        """Return the start of the search for a user: soon, with time to notice the meeting, or that many days later."""
        now, tz = fields.Datetime.now(), self._get_crm_trigger_user_tz(user)
        if not self.agenda_delay:
            return now + GRID
        working = self._get_crm_trigger_hours(user) if working_days else None
        day = shift_day(to_local(now, tz).date(), self.agenda_delay, "days", working)
        return to_utc(datetime.combine(day, time()), tz)

    @api.model
    def _get_crm_trigger_user_tz(self, user):
        """Return the time zone of a user or of a contact."""
        return user.tz or self.env.company.partner_id.tz or "UTC"

    @api.model
    def _get_crm_trigger_hours(self, user):
        """Return the ``WorkingTime`` of a user: of their own calendar, else of the company's, with its hours in the
        user's time zone; None if there is neither.
        """
        own = user.resource_ids.filtered(lambda one: one.company_id == self.env.company)[:1] or user.resource_ids[:1]
        if own.calendar_id:
            return own.calendar_id._get_crm_trigger_time(own.tz)
        return self.env.company.resource_calendar_id._get_crm_trigger_time(self._get_crm_trigger_user_tz(user))

    def _find_crm_trigger_slots(self, users, guests=None, *, working_days=False):
        """Return the start of a free slot for each user and their guest, None where there is none in time.

        A user or guest listed twice gets two slots that do not overlap. Concurrent workers that plan meetings are
        waited for: the one that waited has an old snapshot and restarts.

        :param list users: single ``res.users`` records
        :param list guests: the contact that each of them invites, may be empty
        :param bool working_days: count the "not before" days in working days
        :return: list of naive UTC datetimes
        """
        self._lock_documents(self.env["ir.model"]._get("calendar.event"))
        length, until = timedelta(hours=self.agenda_duration), fields.Datetime.now() + HORIZON
        until += timedelta(days=self.agenda_delay)
        guests = guests or [self.env["res.partner"]] * len(users)
        parties = [user.partner_id | guest for user, guest in zip(users, guests, strict=True)]
        people = self.env["res.partner"].union(*parties)
        busy = self._read_crm_trigger_busy(self.env["res.users"].union(*users), people, until + length)
        slots = []
        for user, party in zip(users, parties, strict=True):
            earliest = self._get_crm_trigger_earliest(user, working_days=working_days)
            taken = [span for partner in party for span in busy[partner]]
            slots.append(self._find_crm_trigger_slot(user, taken, earliest, length, until))
            if slots[-1]:
                for partner in party:
                    busy[partner].append(Span(slots[-1], slots[-1] + length))
        return slots

    def _find_crm_trigger_slot(self, user, busy, earliest, length, until):
        hours = self._get_crm_trigger_hours(user)
        try:
            return hours and first_free(hours.spans(earliest), busy, earliest, length, until)
        except NoWorkingTimeError:
            return None

    def _create_crm_trigger_meetings(self, planned):
        """Create meetings, each with its activity on the record; only an invited contact gets an email.

        As the user, who is not notified of what appears as their own action, with superuser rights.

        :param list planned: ``(record, user, start)``; the record is not a line
        :return: list of ``calendar.event``, in the same order
        """
        context = {"mail_activity_quick_update": True, "no_mail_to_attendees": not self.agenda_invite}
        meetings = {}
        for user in {user for _record, user, _start in planned}:
            own = [plan for plan in planned if plan[1] == user]
            events = self.env["calendar.event"].with_user(user).sudo().with_context(**context)
            values = [self._prepare_crm_trigger_meeting(*plan) for plan in own]
            meetings |= dict(zip(own, events.create(values).with_env(self.env), strict=True))
        return [meetings[plan] for plan in planned]

    def _prepare_crm_trigger_meeting(self, record, user, start):
        values = {
            "name": f"{self.with_context(lang=user.lang).agenda_title}: {record.display_name}",
            "start": start,
            "stop": start + timedelta(hours=self.agenda_duration),
            "user_id": user.id,
            "partner_ids": [fields.Command.set((user.partner_id | self._get_crm_trigger_guest(record)).ids)],
            "res_model_id": self.env["ir.model"]._get_id(record._name),
            "res_id": record.id,
        }
        if self.agenda_invite:  # without the customer it is not a meeting of the opportunity
            opportunity = self._get_crm_trigger_place(record, "opportunity")
            values["opportunity_id"] = opportunity.id
        return values
