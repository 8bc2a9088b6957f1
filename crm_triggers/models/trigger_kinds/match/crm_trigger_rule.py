from functools import partial

from odoo import api, models
from odoo.tools import SQL

from ....engine import states
from ....engine.decision import ONCE
from ....engine.triggers import TriggerTraits, declare
from ...capture.base import CREATED
from .crm_trigger_seen import GONE_BATCH

MATCH = "match"
declare(MATCH, TriggerTraits(born=True, by_change=True), by=__name__)


class CrmTriggerRule(models.Model):
    """What the clock finds because no hook sees it: records written by SQL, conditions on other records or computed
    fields, and conditions that change with time.
    """

    _inherit = "crm.trigger.rule"

    def _may_be_swept(self):
        return self.trigger == MATCH or super()._may_be_swept()

    def _is_looked_for(self):
        return self._is_swept() or super()._is_looked_for()

    def _sql_known(self):
        """The state of a record before a change is only known for captured changes."""
        if self.trigger != MATCH or self.filter_pre_domain:
            return super()._sql_known()
        return self._get_model()._search(self._get_conditions(), order="id").select()

    def _get_sweeps(self):
        swept = self.filtered(lambda rule: rule._is_swept())
        models_watched = [name for name, watch in self._get_watch().items() if watch.new_above_id is not None]
        return [
            *super()._get_sweeps(),
            *((self.browse(), partial(self._sweep_created, name)) for name in models_watched),
            *((rule, sweep) for rule in swept for sweep in (rule._sweep_matching, rule._sweep_gone)),
        ]

    @api.model
    def _sweep_created(self, model_name, limit):
        """Decide on up to ``limit`` new records that were inserted by SQL.

        :return: how many
        """
        noted = self.env["crm.trigger.heard"]
        found = noted._search_uncaptured(model_name, self._get_watch()[model_name].new_above_id, limit)
        self._decide(model_name, dict.fromkeys(found, CREATED), {})._wake()
        if not found:
            noted._delete_settled(model_name)
        return len(found)

    def _sweep_matching(self, limit):
        """Start this rule for up to ``limit`` records that started to match without being captured.

        :return: how many started to match
        """
        self.ensure_one()
        seen = self.env["crm.trigger.seen"]
        fresh = seen._add(self, seen._search_new(self, limit))
        self._enter(dict.fromkeys(fresh))._wake()
        return len(fresh)

    def _sweep_gone(self, limit):
        """Stop this rule for records that ceased to match without being captured.

        A separate check: the results of the other one are committed by then, and no save waits until all records
        are checked.

        :return: how many, if there are more
        """
        self.ensure_one()
        gone = self.env["crm.trigger.seen"]._drop_gone(self)
        self._stop_gone(gone)
        return len(gone) if len(gone) == GONE_BATCH else 0

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
        """Return the condition of records for which this rule did nothing, except in test."""
        return SQL(
            "NOT EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %s AND run.res_id = %s"
            " AND %s AND (run.state = %s OR run.occurrence = %s OR EXISTS ("
            "SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND e.state = %s)))",
            self.id,
            record_id,
            self._sql_counts(live=True),
            states.RUNNING,
            ONCE if self.reentry == "once" else None,
            states.DONE,
        )

    def _get_last_id(self):
        """Return the id of the last existing record of this rule's model."""
        table = SQL.identifier(self.env[self.model_name]._table)
        return self.env.execute_query(SQL("SELECT coalesce(max(id), 0) FROM %s", table))[0][0]
