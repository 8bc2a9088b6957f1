from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, fields, models

from ....engine.meeting import Meeting, mode
from ....engine.schedule import to_utc
from ..happening.crm_trigger_rule import TIDYING, Happened


class CalendarEvent(models.Model):
    """Meetings that are planned, held or cancelled happen to their opportunity (K13, K15, K32).

    A series is planned and cancelled once, whatever Odoo makes of it: moved or changed from some
    day on, it is archived and made anew. Its meetings keep where it began.
    """

    _inherit = "calendar.event"

    crm_trigger_series = fields.Integer(
        "Series",
        compute="_compute_crm_trigger_series",
        store=True,
        precompute=True,
        readonly=False,
        copy=True,
        help="The first meeting of the series that this one is or was part of; 0 without one.",
    )

    @api.depends("recurrence_id")
    def _compute_crm_trigger_series(self):
        """A meeting that leaves its series, or begins the next part of it, still is of that series."""
        for event in self:
            base = event.recurrence_id.base_event_id
            began = base.crm_trigger_series if base != event else 0
            event.crm_trigger_series = event.crm_trigger_series or began or base._origin.id or 0

    @api.model_create_multi
    def create(self, vals_list):
        """Odoo makes the others of a series, and archives what does not fit in, while it makes the first."""
        quiet = super(CalendarEvent, self.with_context(**{TIDYING: True})).create(vals_list)
        events = quiet.with_context(**{TIDYING: self.env.context.get(TIDYING, False)})
        rules = self.env["crm.trigger.rule"]
        if rules._is_awaited("meeting_planned"):
            first = events.sudo().filtered(lambda event: event.crm_trigger_series in (0, event.id))
            planned = first | first._crm_trigger_search_series()
            rules._note_happened("meeting_planned", planned._crm_trigger_happened("meeting_planned"))
        return events

    def write(self, vals):
        """A meeting in the archive is cancelled; one that gets its first opportunity is planned for it.
        To move it to another one is to put right what was planned before.

        What Odoo archives and deletes while a series is changed, is not.
        """
        happening = "meeting_cancelled" if vals.get("active") is False else None
        happened = self._crm_trigger_happened(happening) if happening else []
        joining, lead_id = self.browse(), vals.get("opportunity_id")
        rules = self.env["crm.trigger.rule"]
        if lead_id and not rules._is_tidying() and rules._is_awaited("meeting_planned"):
            joining = self.filtered(lambda event: not event.opportunity_id)
        rearranged = not happening and not vals.keys().isdisjoint(self._get_crm_trigger_series_fields())
        result = super(CalendarEvent, self.with_context(**{TIDYING: True}) if rearranged else self).write(vals)
        rules._note_happened(happening, happened)
        if joining:  # Odoo may have put others of the series in their place
            series = joining.sudo()._crm_trigger_search_series()
            joining |= series.filtered(lambda event: event.opportunity_id.id == lead_id)
            rules._note_happened("meeting_planned", joining._crm_trigger_happened("meeting_planned"))
        return result

    def unlink(self):
        happened = self._crm_trigger_happened("meeting_cancelled")
        result = super().unlink()
        self.env["crm.trigger.rule"]._note_happened("meeting_cancelled", happened)
        return result

    def copy(self, default=None):
        """A duplicate is a meeting of its own."""
        return super().copy({"crm_trigger_series": 0, **(default or {})})

    @api.model
    def _get_crm_trigger_series_fields(self):
        """Return what is written to change a series, by which Odoo may make its meetings anew."""
        return {"recurrence_update", "recurrency", *self._get_recurrent_fields()}

    @api.model
    def _get_public_fields(self):
        return super()._get_public_fields() | {"crm_trigger_series"}

    def _get_crm_trigger_end(self, tz=None):
        """Return when a meeting is over (naive UTC): one that is all day, with the last of its days; Odoo writes
        six o'clock in UTC, wherever that is.

        :param str tz: whose days; by default the organizer's
        """
        if not self.allday or not self.stop_date:
            return self.stop
        return to_utc(datetime.combine(self.stop_date + timedelta(days=1), time()), tz or self._get_crm_trigger_tz())

    def _get_crm_trigger_tz(self):
        return self.user_id.tz or self.env.company.partner_id.tz or "UTC"

    def _get_crm_trigger_source(self):
        """Return what tells this meeting from the next: a series is one."""
        return self.crm_trigger_series or self.id

    def _crm_trigger_search_series(self):
        """Return the meetings of the series that these are of."""
        series = [event.crm_trigger_series for event in self if event.crm_trigger_series]
        return self.search([("crm_trigger_series", "in", series)]) if series else self.browse()

    def _crm_trigger_happened(self, happening):
        """Return what happens to the opportunities of these meetings, if a rule waits for it.

        A series is planned or cancelled once, by the first of its meetings. Nobody plans or cancels what is
        over: that is entered, or cleaned up, afterwards.
        """

        def tell(_model_names):
            events = self.sudo().filtered(lambda event: event.active and event.opportunity_id)  # private ones, too
            events = events.filtered(lambda event: event._get_crm_trigger_end() > fields.Datetime.now())
            series = events.sorted("start").grouped(
                lambda event: (event.opportunity_id, event._get_crm_trigger_source())
            )
            return events.browse(group[0].id for group in series.values())._crm_trigger_tell_meetings()

        return self.env["crm.trigger.rule"]._get_happened(happening, tell)

    def _crm_trigger_tell_meetings(self, held=False):
        """Return these meetings as a list of :class:`Happened`, with those before them.

        :param bool held: before them are those that ended before; else those that were planned
            before, cancelled ones included, a series being one
        """
        peers = self._crm_trigger_search_peers(held)
        told = []
        for event in self:
            before = peers[event.opportunity_id.id]
            source_id = event.id if held else event._get_crm_trigger_source()
            place = list(before).index(source_id) if source_id in before else len(before)
            told.append(
                Happened(
                    "crm.lead",
                    event.opportunity_id.id,
                    source_id,
                    None,
                    event._get_crm_trigger_words(),
                    event._get_crm_trigger_meeting(),
                    tuple(before.values())[:place],
                    event.user_id.id,
                )
            )
        return told

    def _crm_trigger_search_peers(self, held):
        """Return ``{lead id: {source id: Meeting}}`` of all meetings of the same opportunities, in order."""
        events = self.with_context(active_test=held).sudo()
        order = "stop, id" if held else "id"
        peers = defaultdict(dict)
        for event in events.search([("opportunity_id", "in", self.opportunity_id.ids)], order=order):
            source_id = event.id if held else event._get_crm_trigger_source()
            peers[event.opportunity_id.id].setdefault(source_id, event._get_crm_trigger_meeting())
        return peers

    def _get_crm_trigger_meeting(self):
        return Meeting(
            mode(self.location, self.videocall_location), frozenset(self.categ_ids.ids), self._get_crm_trigger_words()
        )

    def _get_crm_trigger_words(self):
        """Return what a rule may look for words in; what a private meeting is about is nobody's business."""
        if self.effective_privacy == "private":
            return ""
        return f"{self.name or ''} {self.location or ''}"
