from functools import partial

from odoo import api, models
from odoo.tools import SQL

from ....engine import states
from ....engine.decision import ONCE
from ....engine.triggers import TriggerTraits, declare
from ...capture.base import CREATED

MATCH = "match"
declare(MATCH, TriggerTraits(born=True, by_change=True), by=__name__)


class CrmTriggerRule(models.Model):
    """What the clock finds because no hook sees it: records written by SQL, conditions on
    other records or on what is computed on the fly, and conditions that time itself changes."""

    _inherit = "crm.trigger.rule"

    def _may_be_swept(self):
        return self.trigger == MATCH or super()._may_be_swept()

    def _sql_known(self):
        """What a record met before a change is only known of changes that are captured."""
        if self.trigger != MATCH or self.filter_pre_domain:
            return super()._sql_known()
        return self._get_model()._search(self._get_conditions(), order="id").select()

    def _get_sweeps(self):
        models_watched = [name for name, watch in self._get_watch().items() if watch.new_above_id is not None]
        return [
            *super()._get_sweeps(),
            *((self.browse(), partial(self._sweep_created, name)) for name in models_watched),
            *((rule, rule._sweep_matching) for rule in self.filtered(lambda rule: rule._is_swept())),
        ]

    @api.model
    def _sweep_created(self, model_name, limit):
        """Decide on up to ``limit`` new records that were written past Odoo.

        :return: how many there were
        """
        noted = self.env["crm.trigger.heard"]
        found = noted._search_uncaptured(model_name, self._get_watch()[model_name].new_above_id, limit)
        self._decide(model_name, dict.fromkeys(found, CREATED), {})._wake()
        if not found:
            noted._delete_settled(model_name)
        return len(found)

    def _sweep_matching(self, limit):
        """Start this rule for up to ``limit`` records that met its conditions uncaptured, and stop
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

    def _search_existing_matches(self, model, limit):
        if self.trigger != MATCH:
            return super()._search_existing_matches(model, limit)
        query = model._search(self._get_conditions(), order="id", limit=limit)
        record_id = SQL.identifier(query.table, "id")
        query.add_where(self._sql_did_nothing(record_id))
        return [res_id for (res_id,) in self.env.execute_query(query.select(record_id))]

    def _sql_did_nothing(self, record_id):
        """Return the condition of records that this rule did nothing for."""
        return SQL(
            "NOT EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %s AND run.res_id = %s"
            " AND (run.state = %s OR run.occurrence = %s OR EXISTS ("
            "SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND e.state = %s)))",
            self.id,
            record_id,
            states.RUNNING,
            ONCE if self.reentry == "once" else None,
            states.DONE,
        )

    def _get_last_id(self):
        """Return the number of the last record of this rule's model that is there."""
        table = SQL.identifier(self.env[self.model_name]._table)
        return self.env.execute_query(SQL("SELECT coalesce(max(id), 0) FROM %s", table))[0][0]
