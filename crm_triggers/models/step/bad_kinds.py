from odoo import models

from .kinds import KindError


class CrmTriggerStep(models.Model):
    """Refuses, when the registry loads, kinds of steps that would fail only later: in a step of a live rule, or in
    the form that offers them.
    """

    _inherit = "crm.trigger.step"

    def _check_declarations(self, declarations):
        """Raise an error for declarations of this database's add-ons that do not fit their code.

        :raises KindError: names the add-on and the remedy
        """
        offered = self._fields["kind"]._selection_modules(self)
        for kind in offered.keys() - declarations.keys():
            raise KindError(
                f"The add-on {', '.join(sorted(offered[kind]))} offers the kind of step {kind!r} and does not declare "
                f"it: call declare({kind!r}, StepKind(...)) of crm_triggers.models.step.kinds."
            )
        for kind, declaration in declarations.items():
            if problem := self._find_fault(kind, declaration.step_kind, kind in offered):
                raise KindError(f"The add-on {declaration.addon} declares the kind of step {kind!r}, {problem}.")

    def _find_fault(self, kind, declared, offered):
        """Return what is wrong with a declaration and how to fix it, or None."""
        actions = self.env["ir.actions.server"]
        if not offered:
            return "which nobody can choose: add it to the field kind of crm.trigger.step by selection_add"
        if unknown := {*declared.action, *declared.manager_fields, *declared.standing_fields} - actions._fields.keys():
            return f"whose fields ir.actions.server does not have: correct {', '.join(sorted(unknown))}"
        if unknown := declared.defaults.keys() - self._fields.keys():
            return f"whose defaults are for fields it does not have: correct {', '.join(sorted(unknown))}"
        if declared.needs and declared.needs not in self._get_needs(False):
            return f"which needs {declared.needs!r}: choose one of {', '.join(self._get_needs(False))}"
        states = actions._fields["state"]._selection_modules(actions)
        if not hasattr(self, f"_act_{kind}") and declared.action.get("state") not in states:
            return f"and nothing carries it out: define _act_{kind}, or name the state of a server action that does"
        return None
