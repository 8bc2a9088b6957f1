from odoo import fields, models


class CrmTriggerMixin(models.AbstractModel):
    """The "Triggers" button of a record: how much rules did and plan to do here."""

    _name = "crm.trigger.mixin"
    _description = "Record with Triggers"

    crm_trigger_count = fields.Integer(
        "Triggers", compute="_compute_crm_trigger_count", groups="crm_triggers.crm_triggers_group_user"
    )

    def _compute_crm_trigger_count(self):
        groups = self.env["crm.trigger.execution"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for record in self:
            record.crm_trigger_count = counts.get(record._origin.id, 0)

    def action_view_crm_triggers(self):
        """Show what rules did, skipped and plan for these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_triggers.crm_trigger_execution_action")
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {"create": False}}
