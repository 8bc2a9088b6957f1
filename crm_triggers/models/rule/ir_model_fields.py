from odoo import models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import UserError


class IrModelFields(models.Model):
    """A field used by a rule cannot be deleted or renamed."""

    _inherit = "ir.model.fields"

    def _prepare_update(self):
        if not self.env.context.get(MODULE_UNINSTALL_FLAG):
            self._check_no_rule_uses()
        return super()._prepare_update()

    def _check_no_rule_uses(self):
        """Name the rules that read or write these fields.

        :raises UserError: there are some
        """
        gone = {(field.model, field.name) for field in self}
        rules = self.env["crm.trigger.rule"]._search_using(
            lambda field, _operator, _value: (field.model_name, field.name) in gone
        )
        if rules:
            raise UserError(
                self.env._(
                    "%(fields)s: used by rules. Change these rules first: %(rules)s.",
                    fields=", ".join(self.mapped("field_description")),
                    rules=", ".join(rules.mapped("name")),
                )
            )
