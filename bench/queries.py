"""The queries of a piece of code, and their plans in PostgreSQL."""

import time
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo.sql_db import Cursor

LONGEST = 1500  # maximum length of a line
PLANS = Path(__file__).with_name("plans")


@contextmanager
def recorded():
    """Yield a list that collects the queries of the block: ``(seconds, text)``."""
    queries, execute = [], Cursor.execute

    def record(cr, query, params=None, log_exceptions=True):
        start = time.perf_counter()
        result = execute(cr, query, params, log_exceptions)
        queries.append((time.perf_counter() - start, cr._obj.query.decode(errors="replace")))
        return result

    with patch.object(Cursor, "execute", record):
        yield queries


def keep_plan(env, name, queries):
    """Write the plan of the slowest ``SELECT`` of these to ``plans/<name>.txt``."""
    _seconds, query = max(found for found in queries if found[1].lstrip().upper().startswith(("SELECT", "WITH")))
    with env.cr.savepoint() as savepoint:
        env.cr.execute("EXPLAIN (ANALYZE, BUFFERS) " + query.replace("%", "%%"), ())
        plan = "\n".join(line for (line,) in env.cr.fetchall())
        savepoint.rollback()
    PLANS.mkdir(exist_ok=True)
    text = "\n".join(_shorten(line) for line in f"{query}\n\n{plan}".splitlines())
    PLANS.joinpath(f"{name}.txt").write_text(f"{text}\n", encoding="utf-8")


def _shorten(line):
    return (
        line
        if len(line) <= LONGEST
        else f"{line[: LONGEST // 2]} [{len(line) - LONGEST} characters] {line[-LONGEST // 2 :]}"
    )
