from odoo import models


class CrmTriggerKnownMixin(models.AbstractModel):
    """Records whose columns are cached per process for the active rules: a write clears the cache
    (``_clear_rules``).
    """

    _name = "crm.trigger.known.mixin"
    _description = "Cached by Rules"

    _crm_trigger_known = frozenset()  # names of columns

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        if not all(self._crm_trigger_known.isdisjoint(vals) for vals in vals_list) and self._crm_trigger_is_known():
            self.env["crm.trigger.rule"]._clear_rules()
        return result

    def _crm_trigger_is_known(self):
        """Return whether some of these records are cached."""
        return True
