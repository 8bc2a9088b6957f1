from functools import cache

from odoo import api, models
from odoo.tools import SQL

LOG = ("create_uid", "create_date", "write_uid", "write_date")


@cache
def _list_columns(names):
    """Return the SQL that names these columns; what our few tables have is put together once."""
    return SQL(", ").join(map(SQL.identifier, names))


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
        :param returning: a column, or several
        :return: the values that column has in the new rows; of several, tuples
        """
        if not rows:
            return []
        log = (self.env.uid, self.env.cr.now()) * 2
        query = SQL(
            "INSERT INTO %s (%s) VALUES %s ON CONFLICT DO NOTHING RETURNING %s",
            SQL.identifier(self._table),
            _list_columns((*rows[0], *LOG)),
            SQL(", ").join(SQL("(%s)", SQL(", ").join((*row.values(), *log))) for row in rows),
            _list_columns((returning,) if isinstance(returning, str) else returning),
        )
        # Not logged as an error: whoever waits here for others in vain makes up for it.
        self.env.cr.execute(query, log_exceptions=False)
        found = self.env.cr.fetchall()
        return [value for (value,) in found] if isinstance(returning, str) else found

    @api.model
    def _insert_new(self, rows, key):
        """Insert rows unless their unique key is there already, and return the new records.

        What was inserted is known of them: reading it takes no query.

        :param list rows: as of :meth:`_insert_missing`; values as the cache has them
        :param str key: an integer column in which no two of the rows are the same
        """
        by_key = {row[key]: row for row in rows}
        found = self._insert_missing(rows, returning=("id", key))
        records = self.browse(record_id for record_id, _value in found)
        for fname in rows[0] if rows else ():
            self._fields[fname]._insert_cache(records, [by_key[value][fname] for _record_id, value in found])
        return records

    @api.model
    def _find(self, fnames, where):
        """Return the rows that meet a condition, in order, with these columns in the cache.

        A search would cost who saves three times as much.

        :param list fnames: names of columns, those of the condition included
        :param SQL where: the condition
        """
        self.flush_model(fnames)
        query = "SELECT id, %s FROM %s WHERE %s ORDER BY id"
        rows = self.env.execute_query(SQL(query, _list_columns(tuple(fnames)), SQL.identifier(self._table), where))
        records = self.browse(row[0] for row in rows)
        for position, fname in enumerate(fnames, 1):
            self._fields[fname]._insert_cache(records, [row[position] for row in rows])
        return records
