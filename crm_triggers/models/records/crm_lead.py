from odoo import api, fields, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.trigger.mixin"]

    first_meeting_end = fields.Datetime(
        "End of the first meeting",
        compute="_compute_first_meeting_end",
        store=True,
        help="When the first meeting on this opportunity ends: a date that rules can wait for.",
    )

    def _merge_dependences(self, opportunities):
        """What rules plan for merged leads goes on with the one that is left."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.trigger.run"].sudo()._move_to(self, opportunities)  # the log is the system's
        return result

    @api.depends("calendar_event_ids.stop", "calendar_event_ids.active")
    def _compute_first_meeting_end(self):
        ends = dict(
            self.env["calendar.event"]
            .sudo()  # a private meeting counts, whoever looks
            ._read_group([("opportunity_id", "in", self.ids)], ["opportunity_id"], ["stop:min"])
        )
        for lead in self:
            lead.first_meeting_end = ends.get(lead._origin, False)
