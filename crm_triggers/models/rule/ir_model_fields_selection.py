from odoo import api, models
from odoo.exceptions import UserError


class IrModelFieldsSelection(models.Model):
    """A selection value used by a rule cannot be deleted."""

    _inherit = "ir.model.fields.selection"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_rules(self):
        gone = {(choice.field_id.model, choice.field_id.name, choice.value) for choice in self}
        rules = self.env["crm.trigger.rule"]._search_using(
            lambda field, _operator, value: any((field.model_name, field.name, text) in gone for text in _texts(value))
        )
        if rules:
            raise UserError(
                self.env._(
                    "%(choices)s: used by rules. Change these rules first: %(rules)s.",
                    choices=", ".join(self.mapped("name")),
                    rules=", ".join(rules.mapped("name")),
                )
            )


def _texts(value):
    """Return what a condition compares with, as a list."""
    return [value] if isinstance(value, str) else list(value) if hasattr(value, "__iter__") else []
