from odoo import fields, models
from odoo.tools import SQL


class CrmTriggerForget(models.TransientModel):
    """Deletes all signals of the selected contacts, when they ask for it."""

    _name = "crm.trigger.forget"
    _description = "Delete Signals"

    signal_count = fields.Integer(
        "Signals", compute="_compute_signal_count", help="How many signals of the selected contacts are recorded."
    )

    def _compute_signal_count(self):
        contacts = self._get_contacts()
        self.signal_count = self.env["crm.trigger.signal"].search_count([("partner_id", "in", contacts.ids)])

    def _get_contacts(self):
        return self.env["res.partner"].browse(self.env.context.get("active_ids", []))

    def action_forget(self):
        """Delete the signals of these contacts on all records, also those that the user may not open, and their sums.

        :raises AccessError: the user may not change one of the contacts
        """
        contacts = self._get_contacts()
        contacts.check_access("write")
        signals_sudo = self.env["crm.trigger.signal"].sudo()  # a person is forgotten in all companies and records
        about = SQL(
            "partner_id = ANY(%(ids)s) OR res_model = 'res.partner' AND res_id = ANY(%(ids)s)", ids=contacts.ids
        )
        count = signals_sudo._forget(about)
        for contact in contacts:
            contact._message_log(body=self.env._("All signals of this contact were deleted."))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Signals deleted: %s", count),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
