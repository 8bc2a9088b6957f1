from odoo import api, models
from odoo.tools import SQL

from ....engine import states
from ...capture.base import CREATED


class CrmTriggerRule(models.Model):
    """What the clock finds because nobody could hear it: records written by SQL, conditions on
    other records or on what is computed on the fly, and conditions that time itself changes."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _sweep_created(self, model_name, limit):
        """Decide on up to ``limit`` new records that were written past Odoo.

        :return: how many there were
        """
        heard = self.env["crm.trigger.heard"]
        found = heard._search_unheard(model_name, self._get_watch()[model_name].new_above_id, limit)
        self._decide(model_name, dict.fromkeys(found, CREATED), {})._wake()
        if not found:
            heard._forget_settled(model_name)
        return len(found)

    def _sweep_matching(self, limit):
        """Start this rule for up to ``limit`` records that met its conditions unheard, and stop
        it for those that ceased to.

        :return: how many started to match
        """
        self.ensure_one()
        seen = self.env["crm.trigger.seen"]
        fresh = seen._add(self, seen._search_new(self, limit))
        self._enter(dict.fromkeys(fresh))._wake()
        self._stop_gone(seen._drop_gone(self))
        return len(fresh)

    def _stop_gone(self, res_ids):
        domain = [("rule_id", "=", self.id), ("res_id", "in", res_ids), ("state", "=", states.RUNNING)]
        if res_ids and self.keep_matching:
            self.env["crm.trigger.run"].search(domain)._stop(states.STOP_UNMATCHED)

    def _get_last_id(self):
        """Return the number of the last record of this rule's model that is there."""
        table = SQL.identifier(self.env[self.model_name]._table)
        return self.env.execute_query(SQL("SELECT coalesce(max(id), 0) FROM %s", table))[0][0]
