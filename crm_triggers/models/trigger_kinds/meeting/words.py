from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from ....engine import meeting
from ....engine.schedule import AHEAD
from .crm_trigger_rule import LONGEST_DAY, MEETING_KINDS


class CrmTriggerRule(models.Model):
    """Rules started by meetings, as text."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_sentence_fields(self):
        return super()._get_sentence_fields() | {"meeting_mode", "meeting_tag_id", "meeting_rank"}

    def _explain_time(self, record):
        return self._explain_meeting(record) if self._waits_for_held() else super()._explain_time(record)

    def _explain_meeting(self, record):
        """Return when the next matching meeting ends, in the format of a date of :meth:`explain`."""
        domain = [("opportunity_id", "=", record.id), ("stop", ">", fields.Datetime.now() - LONGEST_DAY)]
        events = self.env["calendar.event"].sudo().search(domain, order="stop, id")  # only its end is returned
        wanted = self._get_wanted_meetings()
        now, tz = fields.Datetime.now(), self._get_tz()
        meant = events.filtered(lambda event: wanted.takes(event._get_crm_trigger_meeting()))
        ends = sorted(end for event in meant if (end := event._get_crm_trigger_end(tz)) > now)
        if not ends:
            return False
        told = format_datetime(self.env, ends[0], tz=self.env.user.tz)
        return {
            "label": self.env._("Next meeting"),
            "value": "",
            "due_at": fields.Datetime.to_string(ends[0]),
            "verdict": AHEAD,
            "text": self.env._("It ends on %s", told),
        }

    def _get_happening_details(self):
        if self.happening not in MEETING_KINDS:
            return super()._get_happening_details()
        details, preset = [], self.preset_id  # details in the phrase are not repeated
        if self.meeting_rank and not preset.meeting_rank:
            number = self.meeting_rank
            details.append(self.env._("only the first one") if number == 1 else self.env._("only number %s", number))
        if self.meeting_mode and not preset.meeting_mode:
            details.append(
                {
                    meeting.ONSITE: self.env._("on site"),
                    meeting.VIDEO: self.env._("by video"),
                    meeting.PHONE: self.env._("by phone"),
                }[self.meeting_mode]
            )
        if self.meeting_tag_id:
            details.append(self.env._("tag “%s”", self.meeting_tag_id.name))
        return [*details, *super()._get_happening_details()]
