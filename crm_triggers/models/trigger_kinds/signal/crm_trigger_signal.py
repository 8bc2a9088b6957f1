from datetime import datetime
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL


class Row(NamedTuple):
    """What rules read of a signal."""

    id: int
    res_model: str
    res_id: int
    partner_id: int | None
    commercial_id: int | None
    company_id: int | None
    occurred_at: datetime
    points: int


class CrmTriggerSignal(models.Model):
    """Rules read new signals soon after they are recorded."""

    _inherit = "crm.trigger.signal"

    def init(self):
        """Rules find what is new by the transaction that recorded it; the index takes a few pages only."""
        result = super().init()
        table = SQL.identifier(self._table)
        column = (
            "ALTER TABLE %s ADD COLUMN IF NOT EXISTS txid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint"
        )
        self.env.cr.execute(SQL(column, table))
        index = (
            "CREATE INDEX IF NOT EXISTS crm_trigger_signal_txid_idx ON %s USING brin (txid) WITH (pages_per_range = 16)"
        )
        self.env.cr.execute(SQL(index, table))
        return result

    def _record_acts(self, kind, records, acts):
        """Wake the clock if an active rule may wait for the signal: it decides, not the visitor's request."""
        signals = super()._record_acts(kind, records, acts)
        if signals and self.env["crm.trigger.rule"]._is_signal_awaited(kind):
            self.env["crm.trigger.run"]._wake_clock()
        return signals

    @api.model
    def _read_signals(self, where, limit=None):
        """Return the signals that meet a condition, as a list of :class:`Row` in the order of their ids.

        :param SQL where: a condition on ``signal``
        """
        query = SQL(
            "SELECT signal.id, res_model, res_id, signal.partner_id, partner.commercial_partner_id,"
            " signal.company_id, occurred_at, points FROM %(table)s signal"
            " LEFT JOIN res_partner partner ON partner.id = signal.partner_id"
            " WHERE %(where)s ORDER BY signal.id %(limit)s",
            table=SQL.identifier(self._table),
            where=where,
            limit=SQL("LIMIT %s", limit) if limit else SQL(),
        )
        return [Row(*row) for row in self.env.execute_query(query)]
