from odoo import api, fields, models
from odoo.tools import SQL


class CrmTriggerSignalPast(models.Model):
    """What remains of deleted signals: per day, type, record and contact their number, points and keys.

    Scores that count by days stay exact, and a key that is given again is recognised.
    """

    _name = "crm.trigger.signal.past"
    _description = "Sum of Deleted Signals"
    _log_access = False

    type_id = fields.Many2one("crm.trigger.signal.type", required=True, readonly=True, ondelete="restrict")
    res_model = fields.Char("Record model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    actor = fields.Char(required=True, readonly=True)
    identity = fields.Char(required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, help="UTC.")
    number = fields.Integer(required=True, readonly=True)
    points = fields.Integer(required=True, readonly=True)

    _record_idx = models.Index("(res_model, res_id, type_id)")

    def init(self):
        """The hashes of the keys (64 bits) are only ever compared in the database."""
        query = "ALTER TABLE %s ADD COLUMN IF NOT EXISTS keys bigint[] NOT NULL DEFAULT '{}'"
        self.env.cr.execute(SQL(query, SQL.identifier(self._table)))

    @api.model
    def _sql_sum_up(self, signals):
        """Return the SQL that adds the sums of signals. Sums of the same day may be in several rows.

        :param SQL signals: a query of rows of ``crm_trigger_signal``
        """
        return SQL(
            "INSERT INTO %(past)s"
            " (type_id, res_model, res_id, partner_id, company_id, actor, identity, day, number, points, keys)"
            " SELECT type_id, res_model, res_id, partner_id, company_id, actor, identity, occurred_at::date,"
            " count(*) + sum(repeats),"
            " sum(points), coalesce(array_agg(hashtextextended(key, 0)) FILTER (WHERE key IS NOT NULL), '{}')"
            " FROM (%(signals)s) signal GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
            past=SQL.identifier(self._table),
            signals=signals,
        )
