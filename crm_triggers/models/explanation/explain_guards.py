from odoo import models

from ..isolation import isolated
from ..queue.guards import OWN_KEYS, Later


class CrmTriggerRule(models.Model):
    """Explains the guards that add-ons put before every step, with the labels they declare, if any."""

    _inherit = "crm.trigger.rule"

    def _explain_held(self, record, taken):
        """Return the guards of add-ons as :meth:`_explain_guards` does, evaluated as if a step were due now.

        They are evaluated on a new execution that is not in the database and has no run and no step. Only yes or no
        is returned; ``ok`` is None for a guard that cannot be evaluated this way.

        :param set taken: keys of the other guards; the screen identifies guards by key
        """
        values = {"rule_id": self.id, "res_model": record._name, "res_id": record.id}
        line = self.env["crm.trigger.execution"].sudo().new(values)
        found, errors = [], []
        with isolated(self.env.cr.savepoint(flush=False), f"{self}: the guards of add-ons", errors.append):
            found = [guard for guard in line._get_guards() if guard.key not in OWN_KEYS]
        told = [self._explain_guard(guard, line) for guard in found]
        if errors:
            told.append(("held", self.env._("The other checks before a step"), None, self._get_not_asked(), ""))
        keys = set(taken)
        for key, *words in told:
            while key in keys:
                key = f"{key}_"
            keys.add(key)
            yield key, *words

    def _explain_guard(self, guard, line):
        """Return one guard, as of :meth:`_explain_held`; its label contains the key if it declares none."""
        label = str(guard.label or self.env._("Another check (%s)", guard.key))
        asked = []
        with isolated(self.env.cr.savepoint(flush=False), f"{self}: guard {guard.key}", lambda error: None):
            asked.append(line._ask(guard, self.sudo(), self.sudo().step_ids.browse()).get(line))
        if not asked:
            return guard.key, label, None, self._get_not_asked(), ""
        (verdict,) = asked
        detail = self._tell_next(verdict.at) if isinstance(verdict, Later) else ""
        obstacle = guard.obstacle or (verdict and self._get_reason_label(verdict)) or label
        return guard.key, label, not verdict, detail, str(obstacle)

    def _get_not_asked(self):
        return self.env._("it is checked when a step is due")

    def _get_reason_label(self, verdict):
        """Return why a guard holds a step, as the log shows it; None without a reason."""
        reason = getattr(verdict, "reason", None)
        for model_name, fname in (("crm.trigger.execution", "skip_reason"), ("crm.trigger.run", "stop_reason")):
            if label := self.env[model_name]._get_label(fname, reason):
                return label
        return None
