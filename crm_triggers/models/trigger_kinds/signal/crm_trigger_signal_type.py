from odoo import api, models
from odoo.exceptions import UserError


class CrmTriggerSignalType(models.Model):
    """Signals that rules wait for."""

    _inherit = "crm.trigger.signal.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_awaited(self):
        """Name the rules that wait for a type: without it, they would wait for anything."""
        rules = self.env["crm.trigger.rule"].sudo().with_context(active_test=False)
        names = rules.search([("signal_type_ids", "in", self.ids)]).mapped("name")
        if names:
            told = ", ".join(sorted(set(names)))
            raise UserError(self.env._("These rules wait for such signals, change them first: %s", told))
