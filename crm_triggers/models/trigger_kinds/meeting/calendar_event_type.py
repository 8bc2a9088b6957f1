from odoo import api, models
from odoo.exceptions import UserError


class CalendarEventType(models.Model):
    _inherit = "calendar.event.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_rules(self):
        """Name the rules on meetings with these tags before they are deleted."""
        if names := self.env["crm.trigger.rule"]._get_choosing("meeting_tag_id", self):
            raise UserError(self.env._("These rules use the tag, change them first: %s", names))
