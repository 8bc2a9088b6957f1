from odoo import models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class IrModel(models.Model):
    """A kind of record that goes with its add-on leaves its rules and their log."""

    _inherit = "ir.model"

    def unlink(self):
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            self.env["crm.trigger.rule"]._keep_of_models(self.mapped("model"))
        return super().unlink()
