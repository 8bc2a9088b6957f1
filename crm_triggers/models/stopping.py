"""Whether the server was asked to stop: background work then ends soon."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread
from time import monotonic

from odoo.service import server
from odoo.sql_db import BaseCursor
from odoo.tools import SQL

from .isolation import CONTROL, OutOfTime

GRACE_SECONDS = 1.0  # grace period for current work to be completed instead of rolled back


def is_stopping() -> bool:
    """Return whether this process was asked to stop: it received a signal, and its handler waits for this thread.

    With several processes this is the worker process of this thread; otherwise the server.
    """
    worker = getattr(getattr(current_thread(), "_target", None), "__self__", None)
    if isinstance(worker, server.Worker):
        return not worker.alive
    return bool(getattr(server.server, "quit_signals_received", 0))


@contextmanager
def until_stopped(cr: BaseCursor) -> Iterator[None]:
    """Start no statement of the block once the grace period after a stop request is over: :class:`OutOfTime` is
    raised, and the caller rolls back. It is raised at the end as well, in case the block catches it.
    """
    execute, asked_at, late = cr.execute, None, False

    def execute_in_time(query, params=None, log_exceptions=True):
        nonlocal asked_at, late
        if is_stopping():
            asked_at = asked_at or monotonic()
            code = query.code if isinstance(query, SQL) else query
            if monotonic() - asked_at > GRACE_SECONDS and not (isinstance(code, str) and code.startswith(CONTROL)):
                late = True
                raise OutOfTime("the server stops")
        return execute(query, params, log_exceptions)

    cr.execute = execute_in_time
    try:
        yield
    finally:
        del cr.execute
    if late:
        raise OutOfTime("the server stops")
