from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..compat import read_number

RETENTION = "crm_triggers.signal_retention_days"
DEFAULT_DAYS = 1095  # three years after the last contact: what France's CNIL recommends for prospects
PURGE_BATCH = 10_000  # signals per transaction


class CrmTriggerSignal(models.Model):
    """Deletes old signals; their sums and keys remain."""

    _inherit = "crm.trigger.signal"

    @api.model
    def _get_kept_days(self):
        """Return for how many days signals are kept; 0, or anything but a number of days, means forever."""
        return read_number(self.env, RETENTION, DEFAULT_DAYS, digits=5)

    @api.autovacuum
    def _gc_signals(self):
        """Delete a batch of old signals, by whole days: those of a day are summed up together.

        :return: how many, and whether some are left, so that the vacuum repeats it
        """
        days = self._get_kept_days()
        if not days:
            return 0, 0
        before = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
        deleted = self._purge(SQL("occurred_at < %s", before), PURGE_BATCH)
        return deleted, int(deleted == PURGE_BATCH)

    @api.model
    def _purge(self, where, limit):
        """Sum up and delete up to ``limit`` signals that meet a condition, the oldest first.

        :return: how many
        """
        self.flush_model()
        query = SQL(
            "WITH gone AS (DELETE FROM %(table)s WHERE id IN (SELECT id FROM %(table)s WHERE %(where)s"
            " ORDER BY occurred_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED) RETURNING *), summed AS (%(sum_up)s)"
            " SELECT count(*) FROM gone",
            table=SQL.identifier(self._table),
            where=where,
            limit=limit,
            sum_up=self.env["crm.trigger.signal.past"]._sql_sum_up(SQL("SELECT * FROM gone")),
        )
        deleted = self.env.execute_query(query)[0][0]
        self.invalidate_model(flush=False)
        return deleted
