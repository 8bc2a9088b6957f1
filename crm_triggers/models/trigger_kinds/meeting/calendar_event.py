from collections import defaultdict

from odoo import api, models

from ....engine.meeting import Meeting, mode
from ..happening.crm_trigger_rule import Happened


class CalendarEvent(models.Model):
    """Meetings that are planned, held or cancelled happen to their opportunity (K13, K15, K32)."""

    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        # Odoo makes the others of a series while it makes the first.
        planned = events.sudo().filtered(lambda event: event.recurrence_id.base_event_id in (event, self.browse()))
        self.env["crm.trigger.rule"]._note_happened("meeting_planned", planned._crm_trigger_happened("meeting_planned"))
        return events

    def write(self, vals):
        """A meeting in the archive is cancelled; one that gets an opportunity is planned for it."""
        happening = "meeting_cancelled" if vals.get("active") is False else None
        happened = self._crm_trigger_happened(happening) if happening else []
        joining = self.browse()
        rules = self.env["crm.trigger.rule"]
        if vals.get("opportunity_id") and rules._is_awaited("meeting_planned"):
            joining = self.filtered(lambda event: event.opportunity_id.id != vals["opportunity_id"])
        result = super().write(vals)
        rules._note_happened(happening, happened)
        rules._note_happened("meeting_planned", joining._crm_trigger_happened("meeting_planned"))
        return result

    def unlink(self):
        happened = self._crm_trigger_happened("meeting_cancelled")
        result = super().unlink()
        self.env["crm.trigger.rule"]._note_happened("meeting_cancelled", happened)
        return result

    def _crm_trigger_happened(self, happening):
        """Return what happens to the opportunities of these meetings, if a rule waits for it.

        A series is planned or cancelled once, by the first of its meetings.
        """

        def tell(_model_names):
            events = self.sudo().filtered(lambda event: event.active and event.opportunity_id)  # private ones, too
            series = events.sorted("start").grouped(lambda event: event.recurrence_id or event)
            return events.browse(group[0].id for group in series.values())._crm_trigger_tell_meetings()

        return self.env["crm.trigger.rule"]._get_happened(happening, tell)

    def _crm_trigger_tell_meetings(self, held=False):
        """Return these meetings as a list of :class:`Happened`, with those before them.

        :param bool held: before them are those that ended before; else those that were planned
            before, cancelled ones included
        """
        peers = self._crm_trigger_search_peers(held)
        told = []
        for event in self:
            before = peers[event.opportunity_id.id]
            place = next(
                (index for index, (peer_id, _meeting) in enumerate(before) if peer_id == event.id), len(before)
            )
            told.append(
                Happened(
                    "crm.lead",
                    event.opportunity_id.id,
                    event.id,
                    None,
                    event._get_crm_trigger_words(),
                    event._get_crm_trigger_meeting(),
                    tuple(meeting for _peer_id, meeting in before[:place]),
                )
            )
        return told

    def _crm_trigger_search_peers(self, held):
        """Return ``{lead id: [(event id, Meeting)]}`` of all meetings of the same opportunities, in order."""
        events = self.with_context(active_test=held).sudo()
        order = "stop, id" if held else "id"
        peers = defaultdict(list)
        for event in events.search([("opportunity_id", "in", self.opportunity_id.ids)], order=order):
            peers[event.opportunity_id.id].append((event.id, event._get_crm_trigger_meeting()))
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
