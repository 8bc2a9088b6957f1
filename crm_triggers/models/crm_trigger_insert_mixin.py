from odoo import api, models
from odoo.tools import SQL


class CrmTriggerInsertMixin(models.AbstractModel):
    """A table of ours that is written within a person's transaction."""

    _name = "crm.trigger.insert.mixin"
    _description = "Table Written While Deciding"

    @api.model
    def _insert_missing(self, rows, returning="id"):
        """Insert rows unless their unique key is there already.

        By SQL, for it happens within a person's transaction: no flush, no compute, and the
        key decides in one statement, whoever else is inserting.

        :param list rows: dicts of column values with the same keys
        :param str returning: a column
        :return: the values that column has in the new rows
        """
        if not rows:
            return []
        columns = [*rows[0], "create_uid", "create_date", "write_uid", "write_date"]
        log = (self.env.uid, self.env.cr.now()) * 2
        query = SQL(
            "INSERT INTO %s (%s) VALUES %s ON CONFLICT DO NOTHING RETURNING %s",
            SQL.identifier(self._table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(SQL("%s", (*row.values(), *log)) for row in rows),
            SQL.identifier(returning),
        )
        return [value for (value,) in self.env.execute_query(query)]
