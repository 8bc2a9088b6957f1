from odoo import models
from odoo.http import request

from ...engine.signal import DOUBTFUL, HUMAN
from .recording import Act


class CalendarAttendee(models.Model):
    """A contact who accepts or declines a meeting: a signal."""

    _inherit = "calendar.attendee"

    def do_accept(self):
        result = super().do_accept()
        self._crm_trigger_hear_answer("meeting_accepted")
        return result

    def do_decline(self):
        result = super().do_decline()
        self._crm_trigger_hear_answer("meeting_declined")
        return result

    def _crm_trigger_hear_answer(self, code):
        """Colleagues who answer for the contact are no signal; nor is a synchronised calendar."""
        if request and self.env.user.share:
            self.env["crm.trigger.signal"]._hear(
                code, f"Signal of {self}: {code}", lambda: self.sudo()._crm_trigger_tell_answers(code)
            )

    def _crm_trigger_tell_answers(self, code):
        """Return the acts of answers to an invitation, on the contacts; a series of meetings is answered once.

        The links in Odoo's invitations act at once, and scanners of mail servers open them: only a portal user is
        certainly a person.
        """
        actor = DOUBTFUL if self.env.user._is_public() else HUMAN
        at = self.env["crm.trigger.signal"]._read_moment(None)
        outside = self.filtered(lambda attendee: attendee.partner_id.partner_share)
        acts = {}
        for attendee in outside:
            event = attendee.event_id
            key = f"recurrence {event.recurrence_id.id}" if event.recurrence_id else f"attendee {attendee.id}"
            acts[attendee.partner_id, key] = Act(
                res_id=attendee.partner_id.id,
                key=key,
                occurred_at=at,
                actor=actor,
                payload=None if event.effective_privacy == "private" else {"meeting": event.name},
            )
        return outside.partner_id, list(acts.values())
