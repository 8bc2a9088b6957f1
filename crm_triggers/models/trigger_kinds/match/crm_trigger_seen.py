from odoo import api, fields, models
from odoo.tools import SQL

GONE_BATCH = 500  # records that ceased to match, per transaction


class CrmTriggerSeen(models.Model):
    """The records that met the conditions of a rule when it last looked.

    Only for rules with conditions whose changes no hook sees: what meets them now and is
    not here has started to. Filled when such a rule is switched on, so that nothing that is so
    already fires.
    """

    _name = "crm.trigger.seen"
    _description = "Records Seen Matching"
    _inherit = ["crm.trigger.insert.mixin"]

    rule_id = fields.Many2one("crm.trigger.rule", required=True, ondelete="cascade")
    res_id = fields.Integer("Record ID", required=True)

    _once = models.UniqueIndex("(rule_id, res_id)", "This record was seen already.")

    @api.model
    def _add(self, rule, res_ids):
        """Note records as matching; return those that were not, as a set."""
        rows = [{"rule_id": rule.id, "res_id": res_id} for res_id in sorted(res_ids)]
        return set(self._insert_missing(rows, returning="res_id"))

    @api.model
    def _remove(self, rule, res_ids):
        """Note records as no longer matching."""
        if res_ids:
            self.env.cr.execute(
                SQL("DELETE FROM crm_trigger_seen WHERE rule_id = %s AND res_id IN %s", rule.id, tuple(res_ids))
            )

    @api.model
    def _take_all(self, rule):
        """Note exactly the records that match now, without anything happening. One that somebody who saves
        notes at this moment is noted."""
        self._forget(rule)
        matching = rule._get_model()._search(rule._get_conditions(), order="id")
        number = SQL.identifier(matching.table, "id")
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_trigger_seen (rule_id, res_id) %s ON CONFLICT DO NOTHING",
                matching.select(SQL("%s", rule.id), number),
            )
        )

    @api.model
    def _forget(self, rules):
        """Note nothing any more for these rules."""
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
        """Delete some of the records that were seen and match no longer, ``GONE_BATCH`` at the most; return
        their ids. Only what was found is locked, and not while the others are looked at."""
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
