from odoo import models

from .crm_trigger_gone import ALL_GOES


class IrModelFieldsSelection(models.Model):
    """A selection value removed with its add-on does not delete rules."""

    _inherit = "ir.model.fields.selection"

    def _process_ondelete(self):
        rules = self.env["crm.trigger.rule"]
        ours = self.browse() if self.env.context.get(ALL_GOES) else self
        for choice in ours.filtered(lambda choice: choice.field_id.model == rules._name):
            rules._keep_of_choice(choice.field_id.name, choice.value)
        return super()._process_ondelete()
