from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

SETTLED_DAYS = 1  # age at which rows are merged


class CrmTriggerEdition(models.Model):
    """How often rules were edited, as seen by a transaction.

    Each edit adds one row in its own transaction, and none is ever updated: concurrent edits do not wait for each
    other. The sum grows with each snapshot that sees more edits, in whatever order they were committed.
    """

    _name = "crm.trigger.edition"
    _description = "Editions of Rules"
    _log_access = False

    weight = fields.Integer(required=True)
    edited_at = fields.Datetime(required=True)

    @api.model
    def _sql_get(self):
        """Return the SQL of the edition a transaction sees, an integer."""
        return SQL("(SELECT coalesce(sum(weight), 0) FROM crm_trigger_edition)")

    @api.model
    def _begin(self):
        """Record an edit; return the id of this transaction, as text."""
        return self._insert(1)

    @api.model
    def _insert(self, weight):
        query = "INSERT INTO crm_trigger_edition (weight, edited_at) VALUES (%s, %s)"
        return self.env.execute_query(SQL(query + " RETURNING pg_current_xact_id()::text", weight, self.env.cr.now()))[
            0
        ][0]

    @api.autovacuum
    def _add_up(self):
        """Merge the rows older than a day into one; the sum is unchanged."""
        settled_at = fields.Datetime.now() - timedelta(days=SETTLED_DAYS)
        query = SQL("DELETE FROM crm_trigger_edition WHERE edited_at < %s RETURNING weight", settled_at)
        weights = [weight for (weight,) in self.env.execute_query(query)]
        if weights:
            self._insert(sum(weights))
