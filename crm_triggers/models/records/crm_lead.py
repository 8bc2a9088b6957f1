from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.trigger.mixin"]
    _crm_trigger_name = _lt("Lead / Opportunity")
    _crm_trigger_phase = "opportunity"
    _crm_trigger_icon = "fa-star-o"
    _crm_trigger_opportunity = "id"
    _crm_trigger_goal = (("won_status", "=", "won"),)
    _crm_trigger_written_past = frozenset({"automated_probability", "probability"})
    _crm_trigger_archive_fields = frozenset({"won_status", "lost_reason_id"})
    _crm_trigger_update_paths = frozenset(
        {
            "stage_id",
            "user_id",
            "team_id",
            "tag_ids",
            "priority",
            "date_deadline",
            "lost_reason_id",
            "probability",
            "description",
        }
    )

    first_meeting_end = fields.Datetime(
        "End of the first meeting",
        compute="_compute_first_meeting_end",
        store=True,
        help="When the first meeting on this opportunity ends: a date that rules can wait for.",
    )

    def _merge_dependences(self, opportunities):
        """What rules plan for merged leads continues on the remaining one."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.trigger.run"].sudo()._move_to(self, opportunities)  # only the system writes the log
        return result

    @api.depends("calendar_event_ids.stop", "calendar_event_ids.active")
    def _compute_first_meeting_end(self):
        ends = dict(
            self.env["calendar.event"]
            .sudo()  # private meetings count, for any user
            ._read_group([("opportunity_id", "in", self.ids)], ["opportunity_id"], ["stop:min"])
        )
        for lead in self:
            lead.first_meeting_end = ends.get(lead._origin, False)
