from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmTriggerMixin(models.AbstractModel):
    """The "Signals" button of a record: what its contact did."""

    _inherit = "crm.trigger.mixin"

    crm_trigger_signal_count = fields.Integer(
        "Signals", compute="_compute_crm_trigger_signal_count", groups="crm_triggers.crm_triggers_group_user"
    )

    def _compute_crm_trigger_signal_count(self):
        """Count the signals on these records, and those of their contacts on any record."""
        signals, contacts = self.env["crm.trigger.signal"], self._get_crm_trigger_contacts()
        on_record = signals._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self._origin.ids)], ["res_id", "partner_id"], ["__count"]
        )
        of_contacts = [("partner_id", "in", list(set(contacts.values()) - {False}))]
        of_contact = {
            partner.id: count for partner, count in signals._read_group(of_contacts, ["partner_id"], ["__count"])
        }
        counts = {record_id: of_contact.get(contact, 0) for record_id, contact in contacts.items()}
        for res_id, partner, count in on_record:
            counts[res_id] += count if not partner or partner.id != contacts[res_id] else 0
        for record in self:
            record.crm_trigger_signal_count = counts.get(record._origin.id, 0)

    def _get_crm_trigger_contacts(self):
        """Return ``{record id: id of its contact, or False}``; the contact itself is not read."""
        run = self.env["crm.trigger.run"]
        return {record.id: run._get_partner(record).id for record in self._origin.sudo()}

    def action_view_crm_trigger_signals(self):
        """Show the signals on this record, and those of its contact on any record.

        :raises AccessError: the user may not read the record, or does not see what rules do
        """
        self.ensure_one()
        self.env["crm.trigger.signal"].check_access("read")
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_triggers.crm_trigger_signal_action")
        contact = self._get_crm_trigger_contacts()[self._origin.id]
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
        return {**action, "domain": list(domain | Domain("partner_id", "=", contact) if contact else domain)}

    def unlink(self):
        """What an unknown person did is deleted with the record; that of a contact, with the contact."""
        model_name, ids = self._name, self.ids
        result = super().unlink()
        if ids:
            where = SQL("res_model = %s AND res_id = ANY(%s) AND partner_id IS NULL", model_name, ids)
            self.env["crm.trigger.signal"]._forget(where)
        return result
