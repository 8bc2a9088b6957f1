from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, fields, models

from ....engine.meeting import Meeting, mode
from ....engine.schedule import to_utc
from ..happening.crm_trigger_rule import TIDYING, Happened


class CalendarEvent(models.Model):
    """Planned, held and cancelled meetings are events on their opportunity (K13, K15, K32).

    A series is planned and cancelled once, whatever Odoo does to it: moved or changed from some day on, it is
    archived and created again. Its meetings keep a reference to the original series.
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
        """A meeting that leaves its series, or starts the next part of it, still belongs to that series."""
        for event in self:
            base = event.recurrence_id.base_event_id
            began = base.crm_trigger_series if base != event else 0
            event.crm_trigger_series = event.crm_trigger_series or began or base._origin.id or 0

    @api.model_create_multi
    def create(self, vals_list):
        """While creating the first meeting of a series, Odoo creates the others, and archives those that do not
        fit.
        """
        quiet = super(CalendarEvent, self.with_context(**{TIDYING: True})).create(vals_list)
        events = quiet.with_context(**{TIDYING: self.env.context.get(TIDYING, False)})
        rules = self.env["crm.trigger.rule"]
        if rules._is_awaited("meeting_planned"):
            first = events.sudo().filtered(lambda event: event.crm_trigger_series in (0, event.id))
            planned = first | first._crm_trigger_search_series()
            rules._note_happened("meeting_planned", planned._crm_trigger_happened("meeting_planned"))
        return events

    def write(self, vals):
        """Archiving a meeting cancels it; setting its first opportunity plans it. Moving it to another opportunity
        corrects what was planned before.

        What Odoo archives and deletes while changing a series does not count.
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
        if joining:  # Odoo may have replaced them by others of the series
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
        """A duplicate is a separate meeting."""
        return super().copy({"crm_trigger_series": 0, **(default or {})})

    @api.model
    def _get_crm_trigger_series_fields(self):
        """Return the values written to change a series, for which Odoo may create its meetings again."""
        return {"recurrence_update", "recurrency", *self._get_recurrent_fields()}

    @api.model
    def _get_public_fields(self):
        return super()._get_public_fields() | {"crm_trigger_series"}

    def _get_crm_trigger_end(self, tz=None):
        """Return when a meeting is over (naive UTC): an all-day meeting, at the end of its last day; Odoo stores
        six o'clock UTC for any time zone.

        :param str tz: time zone of the days; by default the organizer's
        """
        if not self.allday or not self.stop_date:
            return self.stop
        return to_utc(datetime.combine(self.stop_date + timedelta(days=1), time()), tz or self._get_crm_trigger_tz())

    def _get_crm_trigger_tz(self):
        return self.user_id.tz or self.env.company.partner_id.tz or "UTC"

    def _get_crm_trigger_source(self):
        """Return what identifies this meeting: a series counts as one."""
        return self.crm_trigger_series or self.id

    def _crm_trigger_search_series(self):
        """Return the meetings of the same series."""
        series = [event.crm_trigger_series for event in self if event.crm_trigger_series]
        return self.search([("crm_trigger_series", "in", series)]) if series else self.browse()

    def _crm_trigger_happened(self, happening):
        """Return the events on the opportunities of these meetings, if a rule waits for them.

        A series is planned or cancelled once, by its first meeting. A past meeting cannot be planned or cancelled:
        it is entered, or cleaned up, afterwards.
        """

        def tell(_model_names):
            events = self.sudo().filtered(lambda event: event.active and event.opportunity_id)  # including private ones
            events = events.filtered(lambda event: event._get_crm_trigger_end() > fields.Datetime.now())
            series = events.sorted("start").grouped(
                lambda event: (event.opportunity_id, event._get_crm_trigger_source())
            )
            return events.browse(group[0].id for group in series.values())._crm_trigger_tell_meetings()

        return self.env["crm.trigger.rule"]._get_happened(happening, tell)

    def _crm_trigger_tell_meetings(self, held=False):
        """Return these meetings as a list of :class:`Happened`, with the earlier ones.

        :param bool held: earlier ones are those that ended before; else those planned before, including cancelled
        ones, with a series counted as one
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
        """Return the texts in which a rule may search words; those of a private meeting are excluded."""
        if self.effective_privacy == "private":
            return ""
        return f"{self.name or ''} {self.location or ''}"
