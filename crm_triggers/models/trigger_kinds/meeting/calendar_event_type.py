from odoo import api, models
from odoo.exceptions import UserError


class CalendarEventType(models.Model):
    _inherit = "calendar.event.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_rules(self):
        """Name the rules on meetings with these tags before they are gone."""
        rules = self.env["crm.trigger.rule"].sudo().with_context(active_test=False)  # also other companies'
        if names := rules.search([("meeting_tag_id", "in", self.ids)]).mapped("name"):
            raise UserError(self.env._("These rules use the tag, change them first: %s", ", ".join(sorted(set(names)))))
