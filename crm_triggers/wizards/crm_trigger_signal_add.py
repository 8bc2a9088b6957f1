from odoo import fields, models


class CrmTriggerSignalAdd(models.TransientModel):
    """Records what the contacts of the selected records did in real life: "met at the fair"."""

    _name = "crm.trigger.signal.add"
    _description = "Add a Signal"

    type_id = fields.Many2one(
        "crm.trigger.signal.type",
        "Signal",
        required=True,
        domain="[('external', '=', True)]",
        help="What the contact did.",
    )
    occurred_at = fields.Datetime("Date", required=True, default=fields.Datetime.now, help="When they did it.")
    comment = fields.Char(help="Shown with the signal: which fair, about what.")
    record_count = fields.Integer(compute="_compute_record_count", help="How many you selected.")

    def _compute_record_count(self):
        self.record_count = len(self._get_records())

    def _get_records(self):
        return self.env[self.env.context["active_model"]].browse(self.env.context.get("active_ids", []))

    def action_add(self):
        """Record the signal for all selected records, once even if pressed twice, and show how many were recorded.

        :raises UserError, AccessError: as of ``crm.trigger.signal.record``
        """
        self.ensure_one()
        payload = {"comment": self.comment} if self.comment else {}
        signals = self.env["crm.trigger.signal"].record(
            self.type_id.code, self._get_records(), key=f"form {self.id}", occurred_at=self.occurred_at, **payload
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Signals recorded: %s", len(signals)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
