from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import ormcache


class IrModel(models.Model):
    """The names by which sales managers know the records of rules."""

    _inherit = "ir.model"

    @api.model
    def _get_crm_trigger_names(self):
        """Return ``{model name: name in sales terms}`` of the models that declare one by ``_crm_trigger_name``,
        because Odoo's name is unclear.
        """
        return {name: self.env._(said) for name, said in self._get_crm_trigger_said("name").items()}

    @api.model
    def _get_crm_trigger_said(self, what):
        """Return ``{model name: value}`` of the models whose class declares the attribute ``_crm_trigger_<what>``."""
        return dict(self._find_crm_trigger_said(what))

    @api.model
    @ormcache("what")
    def _find_crm_trigger_said(self, what):
        found = {name: getattr(model, f"_crm_trigger_{what}", None) for name, model in self.env.registry.items()}
        return {name: value for name, value in found.items() if value is not None}

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_ruled(self):
        """Refuse to delete a model with rules: users delete their rules themselves."""
        rules = self.env["crm.trigger.rule"].sudo().with_context(active_test=False)  # of all users
        names = rules.search([("model_id", "in", self.ids)]).mapped("name")
        if names:
            raise UserError(self.env._("These rules apply to it, delete them first: %s", ", ".join(names)))

    @api.depends_context("crm_trigger_names", "lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        if self.env.context.get("crm_trigger_names"):
            names = self._get_crm_trigger_names()
            for model in self:
                model.display_name = names.get(model.model, model.display_name)
        return result

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if self.env.context.get("crm_trigger_names") and operator == "ilike" and isinstance(value, str):
            names = self._get_crm_trigger_names()
            found = [model for model, name in names.items() if value.casefold() in name.casefold()]
            domain = Domain(domain) | Domain("model", "in", found)
        return domain
