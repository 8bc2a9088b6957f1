from odoo import api, fields, models
from odoo.tools import SQL

from ...isolation import bounded, isolated
from ...provisional import Effect, note_effect

GONE_BATCH = 500  # records that ceased to match, per transaction


class CrmTriggerSeen(models.Model):
    """The records that met the conditions of a rule at the last check.

    Only for rules with conditions whose changes no hook sees: a record that meets them and is not in this table has
    started to match. Filled when such a rule is activated, so that it does not fire for records that already match.
    """

    _name = "crm.trigger.seen"
    _description = "Records Known to Match"
    _inherit = ["crm.trigger.insert.mixin"]

    rule_id = fields.Many2one("crm.trigger.rule", required=True, ondelete="cascade")
    res_id = fields.Integer("Record ID", required=True)

    _once = models.UniqueIndex("(rule_id, res_id)", "This record has already been seen.")

    @api.model
    def _add(self, rule, res_ids):
        """Add matching records; return the ids of the new ones, as a set."""
        rows = [{"rule_id": rule.id, "res_id": res_id} for res_id in sorted(res_ids)]
        added = self._insert_missing(rows, returning=("id", "res_id"))
        for row_id, res_id in added:
            note_effect(self.env.cr, (rule.model_name, res_id), Effect(self._name, row_id, None, {}))
        return {res_id for _row_id, res_id in added}

    @api.model
    def _remove(self, rule, res_ids):
        """Remove records that no longer match."""
        if not res_ids:
            return
        query = "DELETE FROM crm_trigger_seen WHERE rule_id = %s AND res_id IN %s RETURNING id, res_id"
        for row_id, res_id in self.env.execute_query(SQL(query, rule.id, tuple(res_ids))):
            before = {"rule_id": rule.id, "res_id": res_id}
            note_effect(self.env.cr, (rule.model_name, res_id), Effect(self._name, row_id, before, None))

    @api.model
    def _take_all(self, rule, *, for_now=False):
        """Replace the content by the records that match now, without triggering the rule. Records added
        concurrently by a save are kept.

        :param bool for_now: not checked periodically; store the records the rule must not start with until the
        clock has caught up with transactions that do not know the rule yet
        :return: whether the clock has to catch up
        """
        self._forget(rule)
        if for_now:
            return self._take_known(rule)
        matching = rule._get_model()._search(rule._get_conditions(), order="id")
        number = SQL.identifier(matching.table, "id")
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_trigger_seen (rule_id, res_id) %s ON CONFLICT DO NOTHING",
                matching.select(SQL("%s", rule.id), number),
            )
        )
        return False

    @api.model
    def _take_known(self, rule):
        """Do it as of :meth:`_take_all`, unless it takes longer than a search of ours may."""
        done = []
        self.env.flush_all()  # pending writes are not lost if we fail
        with (
            isolated(self.env.cr.savepoint(flush=False), f"Rule {rule.id}: what it knows", lambda error: None),
            bounded(self.env.cr),
        ):
            if known := rule._sql_known():
                query = "INSERT INTO crm_trigger_seen (rule_id, res_id) SELECT %s, known.id FROM (%s) known (id)"
                self.env.cr.execute(SQL("%s ON CONFLICT DO NOTHING", SQL(query, rule.id, known)))
                done.append(rule)
        return bool(done)

    @api.model
    def _forget(self, rules):
        """Delete the rows of these rules."""
        self.env.cr.execute(SQL("DELETE FROM crm_trigger_seen WHERE rule_id IN %s", tuple(rules.ids) or (0,)))

    @api.model
    def _search_new(self, rule, limit):
        """Return the ids of up to ``limit`` records that match and were not seen."""
        query = rule._get_model()._search(rule._get_conditions(), order="id", limit=limit)
        number = SQL.identifier(query.table, "id")
        query.add_where(
            SQL("NOT EXISTS (SELECT FROM crm_trigger_seen s WHERE s.rule_id = %s AND s.res_id = %s)", rule.id, number)
        )
        return [res_id for (res_id,) in self.env.execute_query(query.select())]

    @api.model
    def _drop_gone(self, rule):
        """Delete up to ``GONE_BATCH`` of the records that were seen and no longer match; return their ids. Only the
        matching rows are locked, not during the search.
        """
        matching = rule._get_model()._search(rule._get_conditions(), order="id")
        rows = self.env.execute_query(
            SQL(
                "SELECT s.res_id FROM crm_trigger_seen s WHERE s.rule_id = %s"
                " AND NOT EXISTS (SELECT FROM (%s) m (id) WHERE m.id = s.res_id) ORDER BY s.res_id LIMIT %s",
                rule.id,
                matching.select(),
                GONE_BATCH,
            )
        )
        gone = [res_id for (res_id,) in rows]
        self._remove(rule, gone)
        return gone
