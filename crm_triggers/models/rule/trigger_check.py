from odoo import models

from ...engine import triggers
from .trigger import UnansweredError


class CrmTriggerRule(models.Model):
    """Refusing a kind of trigger that is not complete as the registry is loaded: later it would
    fail, or be silent, while people save."""

    _inherit = "crm.trigger.rule"

    def _register_hook(self):
        """Once, as the registry is loaded: set up anew later, for a new field, this would read what
        the transaction that adds it has locked, and wait for it for ever."""
        super()._register_hook()
        if not self.pool.ready:
            self._check_trigger_kinds()

    def _check_trigger_kinds(self):
        for kind, addons in self._fields["trigger"]._selection_modules(self).items():
            self._check_trigger_kind(kind, ", ".join(sorted(addons)))

    def _check_trigger_kind(self, kind, addon):
        """Refuse a kind that is not declared exactly once, or leaves a question open.

        Add-ons that are not installed here may declare what they like.

        :param str addon: what brings it
        :raises ValueError: names the add-on and the cure
        """
        declarers = triggers.declarers(kind, self.pool._init_modules)
        if not declarers:
            raise ValueError(
                f"{addon}: the kind of trigger {kind!r} is not declared. Beside the field that adds it, call "
                f"declare({kind!r}, TriggerTraits(...), by=__name__) of crm_triggers.engine.triggers."
            )
        if len(declarers) > 1:
            raise ValueError(
                f"{', '.join(declarers)}: the kind of trigger {kind!r} is declared more than once. "
                "Give one of them another name."
            )
        try:
            self.new({"trigger": kind})._get_when_phrase()
        except UnansweredError as error:
            raise ValueError(
                f"{addon}: rules of the kind of trigger {kind!r} do not answer {error}(). "
                "Override it in crm.trigger.rule for rules of that kind."
            ) from error
