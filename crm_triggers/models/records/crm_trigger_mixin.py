from odoo import fields, models
from odoo.fields import Domain

from ...engine import states


class CrmTriggerMixin(models.AbstractModel):
    """The "Triggers" button of a record: how much rules did and plan on it, and on the lines of which it is the
    document.
    """

    _name = "crm.trigger.mixin"
    _description = "Record with Triggers"

    crm_trigger_count = fields.Integer(
        "Triggers", compute="_compute_crm_trigger_count", groups="crm_triggers.crm_triggers_group_user"
    )

    def _compute_crm_trigger_count(self):
        counts = dict.fromkeys(self._origin.ids, 0)
        for model_name, owners in self._get_crm_trigger_owners().items():
            groups = self.env["crm.trigger.execution"]._read_group(
                [("res_model", "=", model_name), ("res_id", "in", list(owners))], ["res_id"], ["__count"]
            )
            for res_id, count in groups:
                counts[owners[res_id]] += count
        for record in self:
            record.crm_trigger_count = counts.get(record._origin.id, 0)

    def _get_crm_trigger_owners(self):
        """Return ``{model name: {record id: id of the record of this recordset it belongs to}}``."""
        owners = {self._name: {record_id: record_id for record_id in self._origin.ids}}
        step = self.env["crm.trigger.step"]
        for model_name, fname in step._get_document_fields().items():
            model = self.env[model_name].with_context(active_test=False)
            if step._get_document_model_name(model_name) == self._name and model.has_access("read"):
                lines = model.search_fetch([(fname, "in", self._origin.ids)], [fname])
                owners[model_name] = {line.id: line[fname].id for line in lines}
        return owners

    def action_crm_trigger_pause(self):
        """Pause rules on these records until they are resumed.

        :raises AccessError: the user may not change them, or has no access to rules
        """
        self._check_may_pause()
        pauses_sudo = self.env["crm.trigger.pause"].sudo()  # only the system writes pauses
        new = self - self.browse(pauses_sudo._search_paused(self._name, self.ids))
        pauses_sudo.create([{"res_model": self._name, "res_id": record.id, "user_id": self.env.uid} for record in new])

    def _check_may_pause(self):
        self.env["crm.trigger.run"].check_access("read")
        self.check_access("write")

    def action_crm_trigger_resume(self):
        """Resume rules on these records; steps due meanwhile run immediately.

        :raises AccessError: the user may not change them, or has no access to rules
        """
        self._check_may_pause()
        self.env["crm.trigger.pause"].sudo()._search_of(self).unlink()
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "=", states.RUNNING)]
        self.env["crm.trigger.run"].sudo().search(domain)._wake()  # system task

    def action_view_crm_triggers(self):
        """Open the panel of a record: what rules did, skipped and plan on it."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "crm_trigger_panel",
            "name": self.env._("Triggers"),
            "target": "new",
            "params": {"model": self._name, "id": self.id},
            "context": {"footer": False},
        }

    def action_view_crm_trigger_executions(self):
        """Show the same as a list, for these records and their lines."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_triggers.crm_trigger_execution_action")
        return {**action, "domain": list(self._get_crm_trigger_domain()), "context": {"create": False}}

    def _get_crm_trigger_domain(self):
        """Return the domain of the log lines about these records and their lines."""
        return Domain.OR(
            Domain("res_model", "=", model_name) & Domain("res_id", "in", list(owners))
            for model_name, owners in self._get_crm_trigger_owners().items()
        )
