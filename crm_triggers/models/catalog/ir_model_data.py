from odoo import api, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..isolation import isolated
from .crm_trigger_gone import ALL_GOES
from .lost import find_lost


class IrModelData(models.Model):
    """Tracks which records of add-ons users deleted, and what is removed with add-ons."""

    _inherit = "ir.model.data"

    def unlink(self):
        if self and self.pool.ready and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            self.env["crm.trigger.deleted"].sudo()._note(self.sudo().exists())  # whoever deletes
        return super().unlink()

    @api.model
    def _load_xmlid(self, xml_id):
        """Skip deleted records when loading a file: they have a name but no id."""
        record = super()._load_xmlid(xml_id)
        if not record and (model_name := self._get_deleted(xml_id)):
            return self.env[model_name].browse([False])
        return record

    @api.model
    def _xmlid_to_res_model_res_id(self, xmlid, raise_if_not_found=False):
        """Allow new data to refer to deleted records: an update must not fail because of them."""
        try:
            return super()._xmlid_to_res_model_res_id(xmlid, raise_if_not_found)
        except ValueError:
            if self.pool.ready or not self._get_deleted(xmlid):
                raise
        return False, False

    @api.model
    def _get_deleted(self, xml_id):
        """Return the model name of a deleted record, None if it was not deleted or has no model here."""
        model_name = self.env["crm.trigger.deleted"].sudo()._find([xml_id]).get(xml_id)  # whoever loads the data
        return model_name if model_name in self.env else None

    @api.model
    def _module_data_uninstall(self, modules_to_remove):
        """Detach rules from the records to be removed while they all still exist."""
        if "crm_triggers" in modules_to_remove:
            return super(IrModelData, self.with_context(**{ALL_GOES: True}))._module_data_uninstall(modules_to_remove)
        rules = self.env["crm.trigger.rule"]
        if self.env.is_system():  # only administrators may uninstall
            with isolated(self.env.cr.savepoint(), f"Keeping rules and log without {', '.join(modules_to_remove)}"):
                rules._prepare_for_loss(find_lost(self.env, modules_to_remove))
        result = super()._module_data_uninstall(modules_to_remove)
        self.env["crm.trigger.deleted"]._forget(modules_to_remove)
        return result
