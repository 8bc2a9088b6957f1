from odoo import api, models

from .crm_trigger_happening_mixin import Happened


class CalendarEvent(models.Model):
    """Meetings that are planned or cancelled happen to their opportunity (K13, K15)."""

    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        self.env["crm.trigger.rule"]._note_happened("meeting_planned", events._crm_trigger_happened("meeting_planned"))
        return events

    def write(self, vals):
        """A meeting in the archive is cancelled; one that gets an opportunity is planned for it."""
        happening = "meeting_cancelled" if vals.get("active") is False else None
        happened = self._crm_trigger_happened(happening) if happening else []
        joining = self.browse()
        rules = self.env["crm.trigger.rule"]
        if vals.get("opportunity_id") and rules._is_listening_to("meeting_planned"):
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
        """Return what happens to the opportunities of these meetings, if a rule waits for it."""

        def tell(_model_names):
            events = self.sudo().filtered(lambda event: event.active and event.opportunity_id)  # private ones, too
            return [
                Happened(
                    "crm.lead", event.opportunity_id.id, event.id, None, f"{event.name or ''} {event.location or ''}"
                )
                for event in events
            ]

        return self.env["crm.trigger.rule"]._get_happened(happening, tell)
