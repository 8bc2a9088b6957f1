"""Moving the clock of a database: everything in it becomes some days older, while its server keeps today's date."""

from .. import postgres

# Tables whose dates are part of the story; the others, such as scheduled actions and sessions, are unchanged.
_COLUMNS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
  JOIN information_schema.tables t USING (table_schema, table_name)
 WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
   AND c.data_type IN ('date', 'timestamp without time zone')
   AND c.table_name LIKE ANY (ARRAY['crm_%', 'sale_order%', 'account_move%', 'account_payment%', 'account_partial%',
                                    'contract_%', 'calendar_event%', 'mail_%', 'res_partner'])
 ORDER BY 1, 2
"""
# A run contains the date that started it, as text: it must stay the same one.
_OCCURRENCES = """
UPDATE crm_trigger_run SET occurrence = CASE
    WHEN occurrence ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' THEN (occurrence::date - {days})::text
    ELSE (occurrence::timestamp - interval '{days} days')::text END
 WHERE occurrence ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}( [0-9:.]+)?$'
"""


def let_pass(database: str, days: int) -> None:
    """Make everything that happened in a database some days older, in one transaction."""
    by_table: dict[str, list[str]] = {}
    for line in postgres.sql(_COLUMNS, database):
        table, column = line.split("|")
        by_table.setdefault(table, []).append(f'"{column}" = "{column}" - interval \'{days} days\'')
    statements = [
        f'UPDATE "{table}" SET {", ".join(changes)}'  # names read from the database # nosec B608
        for table, changes in by_table.items()
    ]
    postgres.sql(";".join(["BEGIN", *statements, _OCCURRENCES.format(days=days), "COMMIT"]), database)
