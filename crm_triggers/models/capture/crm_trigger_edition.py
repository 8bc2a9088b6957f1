from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

SETTLED_DAYS = 1  # after which rows are added up


class CrmTriggerEdition(models.Model):
    """How often rules were edited, as far as a transaction sees.

    One row is added with each edit, in its very transaction, and none is ever changed: two who
    edit at once do not wait for one another. The sum grows from one snapshot to the next that has
    seen more edits, in whatever order they were committed.
    """

    _name = "crm.trigger.edition"
    _description = "Editions of Rules"
    _log_access = False

    weight = fields.Integer(required=True)
    edited_at = fields.Datetime(required=True)

    @api.model
    def _sql_get(self):
        """Return the SQL of the edition that a transaction sees, a whole number."""
        return SQL("(SELECT coalesce(sum(weight), 0) FROM crm_trigger_edition)")

    @api.model
    def _begin(self):
        """Note an edit; return the number of this transaction, a text of digits."""
        return self._insert(1)

    @api.model
    def _insert(self, weight):
        query = "INSERT INTO crm_trigger_edition (weight, edited_at) VALUES (%s, %s)"
        return self.env.execute_query(SQL(query + " RETURNING pg_current_xact_id()::text", weight, self.env.cr.now()))[
            0
        ][0]

    @api.autovacuum
    def _add_up(self):
        """Make one row of those that are older than a day; the sum stays."""
        settled_at = fields.Datetime.now() - timedelta(days=SETTLED_DAYS)
        query = SQL("DELETE FROM crm_trigger_edition WHERE edited_at < %s RETURNING weight", settled_at)
        weights = [weight for (weight,) in self.env.execute_query(query)]
        if weights:
            self._insert(sum(weights))
