from datetime import timedelta

from odoo import models
from odoo.tools import SQL

SETTLE_SECONDS = 60  # after which a new transaction knows a rule: more than CHECK_SECONDS
MAX_DAYS = 1  # maximum wait for a transaction


class CrmTriggerRule(models.Model):
    """Catching up after a rule was activated.

    Some transactions do not know the rule yet, and commit afterwards: those that began before, and those of a
    process that has not noticed. The records they created or changed are found by their state: they meet the
    conditions, did not when the rule was activated, and have no run. The clock checks until every such transaction
    has ended, then once more, and deletes the stored state.
    """

    _inherit = "crm.trigger.rule"

    def _get_sweeps(self):
        unsettled = self.filtered("unsettled_since")
        return [*super()._get_sweeps(), *((rule, rule._sweep_unsettled) for rule in unsettled)]

    def _sweep_unsettled(self, limit):
        """Start this rule for up to ``limit`` records left by a transaction that did not know it.

        :return: how many
        """
        self.ensure_one()
        if found := self._sweep_written_past(limit):
            return found
        is_last = self.settles  # before this transaction began, so it sees their changes
        seen = self.env["crm.trigger.seen"]
        fresh = seen._add(self, self._search_unknown(limit))
        self._enter(dict.fromkeys(fresh))._wake()
        if not fresh and is_last:
            self._settle()
        elif not fresh and self._is_known_to_all():
            self._write_settling(self.unsettled_since, settles=True)
        return len(fresh)

    def _sweep_written_past(self, limit):
        """Decide on new records inserted by SQL first, in whatever order the checks run: otherwise they would start
        twice, as such and as unknown.
        """
        watch = self._get_watch().get(self.model_name)
        is_looked_for = watch and watch.new_above_id is not None
        return self._sweep_created(self.model_name, limit) if is_looked_for else 0

    def _search_unknown(self, limit):
        """Return the ids of up to ``limit`` records that meet the conditions, and were neither known nor decided
        on.
        """
        query = self._get_model()._search(self._get_conditions(), order="id", limit=limit)
        record_id = SQL.identifier(query.table, "id")
        known = SQL("FROM crm_trigger_seen s WHERE s.rule_id = %s", self.id)
        query.add_where(SQL("NOT EXISTS (SELECT %s AND s.res_id = %s)", known, record_id))
        if not self._get_trigger_traits().by_change:  # an id below all known ones is not new
            query.add_where(SQL("%s > coalesce((SELECT min(s.res_id) %s), 0)", record_id, known))
        # Of any time: clocks may be set back, and nothing must happen twice.
        run = "SELECT FROM crm_trigger_run run WHERE run.rule_id = %s AND run.res_id = %s AND %s"
        query.add_where(SQL(f"NOT EXISTS ({run})", self.id, record_id, self._sql_counts()))
        return [res_id for (res_id,) in self.env.execute_query(query.select())]

    def _is_known_to_all(self):
        """Return whether every transaction that may not know this rule has ended."""
        known_at, now = self.unsettled_since + timedelta(seconds=SETTLE_SECONDS), self.env.cr.now()
        if now < known_at or now > known_at + timedelta(days=MAX_DAYS):
            return now > known_at
        query = (
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid != pg_backend_pid() AND xact_start < %s AT TIME ZONE 'UTC')"
        )
        return self.env.execute_query(SQL(query, known_at))[0][0]

    def _settle(self):
        """From now on, rely on captured changes."""
        self.env["crm.trigger.seen"]._forget(self)
        self._write_settling(None, settles=False)
        if not self._get_trigger_traits().by_change:  # new records no longer need to be recorded
            self._clear_rules()

    def _write_settling(self, since, *, settles):
        """Write fields that only the clock reads: no cache needs to be cleared."""
        query = "UPDATE crm_trigger_rule SET unsettled_since = %s, settles = %s WHERE id = %s"
        self.env.cr.execute(SQL(query, since, settles, self.id))
        self.invalidate_recordset(["unsettled_since", "settles"], flush=False)
