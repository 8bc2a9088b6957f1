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
# A run bears the date that started it, as text: it is still the same one.
_OF_RUNS = """
UPDATE crm_trigger_run SET {column} = CASE
    WHEN {column} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' THEN ({column}::date - {days})::text
    ELSE ({column}::timestamp - interval '{days} days')::text END
 WHERE {column} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}( [0-9:.]+)?$'
"""
# An email tells its customer a date, the one in its subject: of a due date that moved, the email does too.
_OF_EMAILS = """
UPDATE mail_message message
   SET subject = replace(subject, said, meant), body = replace(body, said, meant)
  FROM (SELECT id, said, to_char(to_date(said, '{form}') - {days}, '{form}') AS meant
          FROM (SELECT id, substring(subject FROM '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}}') AS said
                  FROM mail_message) AS found
         WHERE said IS NOT NULL) AS dates
 WHERE dates.id = message.id
"""
_FORMS = {"en_US": "MM/DD/YYYY", "fr_FR": "DD/MM/YYYY"}


def let_pass(database: str, days: int, lang: str) -> None:
    """Make everything that happened in a database so many days older, in one transaction.

    :param str lang: in which the dates in texts are
    """
    by_table: dict[str, list[str]] = {}
    for line in postgres.sql(_COLUMNS, database):
        table, column = line.split("|")
        by_table.setdefault(table, []).append(f'"{column}" = "{column}" - interval \'{days} days\'')
    statements = [
        f'UPDATE "{table}" SET {", ".join(changes)}'  # names read from the database # nosec B608
        for table, changes in by_table.items()
    ]
    statements += [_OF_RUNS.format(days=days, column=column) for column in ("occurrence", "date_value")]
    statements.append(_OF_EMAILS.format(days=days, form=_FORMS[lang]))
    postgres.sql(";".join(["BEGIN", *statements, "COMMIT"]), database)
