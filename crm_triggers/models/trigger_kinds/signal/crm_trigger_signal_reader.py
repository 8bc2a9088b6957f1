from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

MOVE_AFTER = timedelta(hours=1)


class CrmTriggerSignalReader(models.Model):
    """How far a rule has read the journal of signals.

    Ids are given before transactions commit, so the last id read is no mark: a signal with a lower one may appear
    later. The mark is a PostgreSQL transaction id: all transactions below it had ended when the rule last read to the
    end. Signals of transactions that ran beside others may be read twice; each starts a run once.
    """

    _name = "crm.trigger.signal.reader"
    _description = "Signals Read by a Rule"
    _log_access = False

    rule_id = fields.Many2one("crm.trigger.rule", required=True, readonly=True, ondelete="cascade")
    since = fields.Char(required=True, readonly=True, help="Signals of earlier transactions have been read.")
    until = fields.Char(readonly=True, help="The next mark, once all signals before it have been read.")
    after_id = fields.Integer(required=True, readonly=True, help="The last signal read on the way to the next mark.")
    read_at = fields.Datetime(required=True, readonly=True, help="When the rule last read to the end.")
    restored_id = fields.Integer(readonly=True, help="Signals up to this one may come from a restored database …")
    restored_txid = fields.Char(readonly=True, help="… where transactions had the numbers from this one on.")

    _once = models.UniqueIndex("(rule_id)")

    @api.model
    def _begin(self, rules):
        """Let rules read the signals of transactions that have not ended yet, and no earlier ones."""
        self.search([("rule_id", "in", rules.ids)]).unlink()
        since, _end = self._get_transactions()
        self.create(
            [{"rule_id": rule.id, "since": since, "after_id": 0, "read_at": fields.Datetime.now()} for rule in rules]
        )

    @api.model
    def _get_transactions(self):
        """Return the ids of the oldest running and of the next transaction, as texts: they exceed Odoo's integers."""
        query = "SELECT pg_snapshot_xmin(now)::text, pg_snapshot_xmax(now)::text FROM pg_current_snapshot() AS now"
        return self.env.execute_query(SQL(query))[0]

    def _read(self, where, limit):
        """Return the next signals, at most ``limit``, and move the mark.

        :param SQL where: a condition on ``signal``
        :return: as of ``crm.trigger.signal._read_signals``
        """
        self.ensure_one()
        until, end = self._get_transactions()
        restored = int(self.since) > int(end)  # into another PostgreSQL, which counts transactions anew
        unread = self._sql_unread_since_restored() if restored else self._sql_unread()
        where = SQL("signal.id > %s AND %s AND %s", self.after_id, unread, where)
        rows = self.env["crm.trigger.signal"]._read_signals(where, limit)
        if len(rows) == limit:
            self.write({"until": self.until or until, "after_id": rows[-1].id})
            return rows
        if restored:
            last = self.env["crm.trigger.signal"].search([], order="id desc", limit=1)
            self.write({"restored_id": last.id, "restored_txid": end, "until": until})
        # Without signals to read, it moves now and then: a write for each run of the clock would be too many.
        if rows or self.until or restored or self.read_at < fields.Datetime.now() - MOVE_AFTER:
            self.write({"since": self.until or until, "until": False, "after_id": 0, "read_at": fields.Datetime.now()})
        return rows

    def _sql_unread(self):
        """Return the condition of the signals of transactions that had not ended when the rule last read."""
        unread = SQL("txid >= %s::bigint", self.since)
        if not self.restored_id:
            return unread
        known = SQL("(signal.id <= %s AND txid >= %s::bigint)", self.restored_id, self.restored_txid)
        return SQL("%s AND NOT %s", unread, known)

    def _sql_unread_since_restored(self):
        """Return the condition of the signals recorded since about the time when the rule last read."""
        return SQL("signal.create_date >= %s - interval '1 day'", self.read_at)
