from odoo import api, models
from odoo.tools import SQL


class CrmTriggerSignal(models.Model):
    """What happens to signals when their records are merged or deleted, or their contact is to be forgotten."""

    _inherit = "crm.trigger.signal"

    @api.model
    def _take_over(self, survivor, merged):
        """Move the signals of merged records to the remaining one; an act recorded for several of them counts once.

        :param survivor: the remaining record
        :param merged: records of the same model that are about to be deleted
        """
        ids = [record_id for record_id in merged.ids if record_id != survivor.id]
        if not ids:
            return
        rows = {"model": survivor._name, "ids": ids, "id": survivor.id}
        twice = SQL(
            "DELETE FROM %(table)s twice USING %(table)s kept WHERE twice.res_model = %(model)s"
            " AND twice.res_id = ANY(%(ids)s) AND kept.res_model = %(model)s AND kept.type_id = twice.type_id"
            " AND kept.key = twice.key"
            " AND (kept.res_id = %(id)s OR kept.res_id = ANY(%(ids)s) AND kept.id < twice.id)",
            table=SQL.identifier(self._table),
            **rows,
        )
        self._change_rows([twice])
        moved = "UPDATE %(table)s SET res_id = %(id)s WHERE res_model = %(model)s AND res_id = ANY(%(ids)s)"
        self._change_rows(SQL(moved, table=table, **rows) for table in self._get_tables())

    @api.model
    def _forget(self, where):
        """Delete the signals and the sums of deleted ones that meet a condition.

        :param SQL where: a condition on columns that both tables have
        :return: how many signals were deleted
        """
        query = "DELETE FROM %(table)s WHERE %(where)s"
        return self._change_rows(SQL(query, table=table, where=where) for table in self._get_tables())

    @api.model
    def _get_tables(self):
        """Return the SQL of both tables, the signals first."""
        return [SQL.identifier(self._table), SQL.identifier(self.env["crm.trigger.signal.past"]._table)]

    @api.model
    def _change_rows(self, queries):
        """Execute queries that change many rows, and return how many rows the first one changed."""
        counts = []
        self.flush_model()
        for query in queries:
            self.env.cr.execute(query)
            counts.append(self.env.cr.rowcount)
        self.invalidate_model(flush=False)
        self.env["crm.trigger.signal.past"].invalidate_model(flush=False)
        return counts[0]
