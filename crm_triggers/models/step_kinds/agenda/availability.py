from collections import defaultdict
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models

from ....engine.agenda import first_free
from ....engine.schedule import to_utc
from ....engine.working_time import NoWorkingTimeError, Span
from ...compat import get_zone

DAY = timedelta(days=1)  # maximum offset of an all-day event: Odoo stores it from eight to six in UTC
YEAR = timedelta(days=366)
LONGEST = 12  # maximum hours of a meeting


class IrActionsServer(models.Model):
    """Busy times of users, according to Odoo's calendar and working hours."""

    _inherit = "ir.actions.server"

    def _read_crm_trigger_busy(self, users, people, until):
        """Return ``{contact: [Span]}`` of the busy times from now on: of users meetings, leaves, out of office; of
        other people, such as the contacts they invite, meetings.

        Read as superuser: private meetings take time too.
        """
        now, busy = fields.Datetime.now(), defaultdict(list)
        for attendee in self._search_crm_trigger_attending(people, now, until):
            partner = attendee.partner_id
            busy[partner].append(self._get_crm_trigger_span(attendee.event_id, self._get_crm_trigger_user_tz(partner)))
        for user, span in self._read_crm_trigger_leaves(users, now, until):
            busy[user.partner_id].append(span)
        for user in users.filtered("out_of_office_from"):
            busy[user.partner_id].append(
                Span(user.out_of_office_from, max(user.out_of_office_to or until, user.out_of_office_from))
            )
        return busy

    @api.model
    def _search_crm_trigger_attending(self, partners, now, until):
        """Return the attendees of events shown as busy; archived events are cancelled, declined ones leave the
        attendee free.
        """
        events = [
            ("active", "=", True),
            ("show_as", "=", "busy"),
            ("stop", ">", now - DAY),
            ("start", "<", until + DAY),
        ]
        attending = [("partner_id", "in", partners.ids), ("state", "!=", "declined")]
        return self.env["calendar.attendee"].sudo().search([*attending, ("event_id", "any", events)])

    @api.model
    def _get_crm_trigger_span(self, event, tz):
        """Return the time of an event; an all-day event covers the attendee's local days."""
        if not event.allday:
            return Span(event.start, event.stop)
        first, after = event.start_date, event.stop_date + DAY
        return Span(*(to_utc(datetime.combine(day, time()), tz) for day in (first, after)))

    @api.model
    def _read_crm_trigger_leaves(self, users, now, until):
        """Yield ``(user, Span)`` of leaves, with Odoo's rules: not work elsewhere, nor leaves in a company the user
        left or of working hours they no longer have.
        """
        resources = users.sudo().with_context(active_test=True).resource_ids
        start, end = (moment.replace(tzinfo=timezone.utc) for moment in (now, until))
        for (calendar, tz), group in resources.grouped(self._get_crm_trigger_calendar).items():
            leaves = calendar._leave_intervals_batch(start, end, group, tz=get_zone(self.env, tz))
            for resource in group:
                for begins, ends, _leave in leaves[resource.id]:
                    span = (moment.astimezone(timezone.utc).replace(tzinfo=None) for moment in (begins, ends))
                    yield resource.user_id, Span(*span)

    @api.model
    def _get_crm_trigger_calendar(self, resource):
        """Return the working hours and the time zone in which Odoo counts the leaves of a resource."""
        company = resource.company_id or self.env.company
        return resource.calendar_id or company.resource_calendar_id, resource.tz

    def _fits_crm_trigger_hours(self, user):
        """Return whether the working hours of a user ever include so much time without a break, if their calendar
        is empty; without a user, those of the company.
        """
        now, length = fields.Datetime.now(), timedelta(hours=self.agenda_duration)
        hours = self._get_crm_trigger_hours(user)
        try:
            return bool(hours and first_free(hours.spans(now), (), now, length, now + YEAR))
        except NoWorkingTimeError:
            return False
