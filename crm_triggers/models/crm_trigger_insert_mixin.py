from functools import cache

from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL

from .provisional import Effect, note_effect

STATE = ("state", "stop_reason")  # the columns that show whether a row was changed since
LOG = ("create_uid", "create_date", "write_uid", "write_date")


@cache
def _list_columns(names):
    """Return the SQL that names these columns, cached per combination: our tables have few."""
    return SQL(", ").join(map(SQL.identifier, names))


def as_column(value):
    """Return a value in PostgreSQL's format: a translated text as JSON."""
    return Json(value) if isinstance(value, dict) else value


class CrmTriggerInsertMixin(models.AbstractModel):
    """A table of ours that is written within a person's transaction."""

    _name = "crm.trigger.insert.mixin"
    _description = "Table Written During Evaluation"

    @api.model
    def _insert_missing(self, rows, returning="id"):
        """Insert rows unless their unique key is there already.

        SQL, because this runs in a user's transaction: no flush, no compute, and the unique key decides in one
        statement, even with concurrent inserts.

        :param list rows: dicts of column values with the same keys
        :param returning: one column name, or several
        :return: the values of that column in the new rows; tuples if there are several columns
        """
        if not rows:
            return []
        log = (self.env.uid, self.env.cr.now()) * 2
        query = SQL(
            "INSERT INTO %s (%s) VALUES %s ON CONFLICT DO NOTHING RETURNING %s",
            SQL.identifier(self._table),
            _list_columns((*rows[0], *LOG)),
            SQL(", ").join(SQL("(%s)", SQL(", ").join((*map(as_column, row.values()), *log))) for row in rows),
            _list_columns((returning,) if isinstance(returning, str) else returning),
        )
        # Not logged as an error: the caller recovers from a lock timeout here.
        self.env.cr.execute(query, log_exceptions=False)
        found = self.env.cr.fetchall()
        return [value for (value,) in found] if isinstance(returning, str) else found

    @api.model
    def _insert_new(self, rows, key):
        """Insert rows unless their unique key is there already, and return the new records.

        The inserted values are put into the cache: reading the records takes no query.

        :param list rows: as of :meth:`_insert_missing`; values as the cache has them
        :param str key: an integer column with distinct values in these rows
        """
        by_key = {row[key]: row for row in rows}
        found = self._insert_missing(rows, returning=("id", key))
        records = self.browse(record_id for record_id, _value in found)
        told = records.with_context(prefetch_langs=True)  # translated texts are read in all languages
        for fname in rows[0] if rows else ():
            self._fields[fname]._insert_cache(told, [by_key[value][fname] for _record_id, value in found])
        for record_id, value in found:
            row = by_key[value]
            if "res_model" in row:
                note_effect(self.env.cr, (row["res_model"], row["res_id"]), Effect(self._name, record_id, None, row))
        return records

    @api.model
    def _undo_effects(self, effects):
        """Undo what decisions of this transaction wrote into this table.

        A row in another state was changed by another transaction, or was already undone by a savepoint: it is left
        unchanged. So nothing here waits for a lock.

        :param list effects: ``Effect`` of this model, in order
        """
        self.flush_model()
        by_row = {}
        for effect in effects:
            by_row.setdefault(effect.row_id, []).append(effect)
        names = [name for name in STATE if name in self._fields]
        now = {row[0]: dict(zip(names, row[1:], strict=True)) for row in self._read_rows(by_row, names)}
        ours = {row_id: one for row_id, one in by_row.items() if row_id in now and _is_as_left(one, now[row_id])}
        inserted = [row_id for row_id, one in ours.items() if one[0].before is None]
        if inserted:
            self.env.cr.execute(SQL("DELETE FROM %s WHERE id IN %s", SQL.identifier(self._table), tuple(inserted)))
        self._put_back({row_id: _get_before(one) for row_id, one in ours.items() if row_id not in inserted})
        gone = [one for one in by_row.values() if one[0].before is not None and one[-1].after is None]
        self._insert_missing([dict(one[-1].before) for one in gone])
        self.invalidate_model(flush=False)

    @api.model
    def _read_rows(self, row_ids, names):
        return self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE id IN %s",
                _list_columns(("id", *names)),
                SQL.identifier(self._table),
                tuple(row_ids),
            )
        )

    @api.model
    def _put_back(self, values):
        """Write back the previous values of rows; one query per set of equal values.

        :param dict values: ``{row id: {column: value}}``
        """
        alike = {}
        for row_id, before in values.items():
            alike.setdefault(repr(before), (before, []))[1].append(row_id)  # translated texts are not hashable
        for before, row_ids in alike.values():
            assignments = [SQL("%s = %s", SQL.identifier(name), as_column(value)) for name, value in before.items()]
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id IN %s",
                    SQL.identifier(self._table),
                    SQL(", ").join(assignments),
                    tuple(row_ids),
                )
            )

    @api.model
    def _find(self, fnames, where):
        """Return the rows that meet a condition, in order, with these columns in the cache.

        ``search()`` would take three times as long, while the user waits for the save.

        :param list fnames: column names, including those of the condition
        :param SQL where: the condition
        """
        self.flush_model(fnames)
        query = "SELECT id, %s FROM %s WHERE %s ORDER BY id"
        rows = self.env.execute_query(SQL(query, _list_columns(tuple(fnames)), SQL.identifier(self._table), where))
        records = self.browse(row[0] for row in rows)
        for position, fname in enumerate(fnames, 1):
            self._fields[fname]._insert_cache(records, [row[position] for row in rows])
        return records


def _is_as_left(effects, row):
    """Return whether a row has the state that one of these decisions gave it."""
    left = [effect.after for effect in effects if effect.after and not effect.after.keys().isdisjoint(row)]
    return not left or any(all(row[name] == after[name] for name in row if name in after) for after in left)


def _get_before(effects):
    """Return the values that a row had before the first of these decisions changed them."""
    before = {}
    for effect in effects:
        before = {**effect.before, **before}
    return before
