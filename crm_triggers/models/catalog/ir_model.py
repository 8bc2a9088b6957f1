from odoo import models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .crm_trigger_gone import ALL_GOES


class IrModel(models.Model):
    """A model removed with its add-on leaves its rules and their log."""

    _inherit = "ir.model"

    def unlink(self):
        if self.env.context.get(MODULE_UNINSTALL_FLAG) and not self.env.context.get(ALL_GOES):
            self.env["crm.trigger.rule"]._keep_of_models(self.mapped("model"))
        return super().unlink()
