from odoo import models

from ...engine import triggers
from .trigger import UnansweredError


class CrmTriggerRule(models.Model):
    """Refuses an incomplete kind of trigger when the registry is loaded: later it would fail, or be silent, while
    users save.
    """

    _inherit = "crm.trigger.rule"

    def _register_hook(self):
        """Only when the registry is loaded: on a later setup, for a new field, this would read what the transaction
        that adds it has locked, and wait forever.
        """
        super()._register_hook()
        if not self.pool.ready:
            self._check_trigger_kinds()

    def _check_trigger_kinds(self):
        for kind, addons in self._fields["trigger"]._selection_modules(self).items():
            self._check_trigger_kind(kind, ", ".join(sorted(addons)))

    def _check_trigger_kind(self, kind, addon):
        """Refuse a kind that is not declared exactly once, or lacks a required method.

        Declarations of add-ons that are not installed here are ignored.

        :param str addon: the declaring add-on
        :raises ValueError: names the add-on and the remedy
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
