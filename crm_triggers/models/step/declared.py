from odoo import api, models

from .kinds import StepKind, get_declarations


class CrmTriggerStep(models.Model):
    """The kinds of steps of this database: those its add-ons declare."""

    _inherit = "crm.trigger.step"
    _kinds = {}  # {kind: StepKind}

    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        addons = {model._module for model in type(self).mro() if hasattr(model, "_module")} | self.pool._init_modules
        declarations = get_declarations(addons)
        type(self)._kinds = {kind: one.step_kind for kind, one in declarations.items()}
        self._check_declarations(declarations)
        return result

    def _get_kind(self):
        """Return the declaration of this step's kind; without a kind, one that does nothing."""
        return self._kinds.get(self.kind) or StepKind()

    @api.model
    def _get_kinds_where(self, name, value):
        """Return the kinds for which an attribute is true, as a tuple.

        :param str name: an attribute of ``StepKind``
        """
        return tuple(kind for kind, declared in self._kinds.items() if getattr(declared, name) == value)

    @api.model
    def _get_changing_kinds(self):
        """Return the kinds of steps that change what rules watch, rather than only write, note or plan."""
        return tuple(
            kind
            for kind, declared in self._kinds.items()
            if not (declared.reaches or declared.placed) or declared.needs == "document"
        )

    @api.model
    def _get_manager_fields(self):
        """Return the server action fields that a sales manager may set; the rest is restricted to administrators."""
        return {name for declared in self._kinds.values() for name in declared.manager_fields}

    @api.model
    def _get_standing_fields(self):
        """Return the fields that decide about the others: always checked with them."""
        return {name for declared in self._kinds.values() for name in declared.standing_fields}

    @api.onchange("kind")
    def _onchange_kind(self):
        """Fill in the defaults of the kind, visible in the form: field defaults would be written to the server
        action as the manager.
        """
        defaults = self._get_kind().defaults
        # Read all before setting one: reading later would recompute the others, as empty.
        standing = [self[name] for name in defaults]
        if standing and not standing[0]:
            asked = [name for name, value in defaults.items() if value is None]
            own = self.env["ir.actions.server"].sudo().default_get(asked)
            for name, value in defaults.items():
                self[name] = value(self.env) if callable(value) else own.get(name, value)
