"""The one place where any exception is caught, and what travels with a cursor."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from math import inf
from time import monotonic
from traceback import format_exception
from uuid import uuid4

from psycopg2.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure
from psycopg2.extensions import STATUS_BEGIN, TRANSACTION_STATUS_INTRANS

from odoo import SUPERUSER_ID, api
from odoo.addons.base.models.ir_qweb import QWebError
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import BaseCursor, PoolError, Savepoint
from odoo.tools import SQL, config

_logger = logging.getLogger(__name__)

_TRACEBACK = "Traceback (most recent call last)"
TRACE_LENGTH = 10_000  # characters kept of a traceback: its end, which names the cause
SLOW_SECONDS = 5.0  # a search of ours that takes longer is in the way of who saves
LOCK_SECONDS = 1.0  # for what others hold who saves waits no longer because of us
BRIEF_SECONDS = 0.1  # ... and, once he has, hardly any more
EXACT = 1.25  # a limit may be so many times what is left: setting it anew for each statement would cost more
_SHORT = False  # whether this process said already that it has too few connections
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # what undoes is never too late


class OutOfTime(LockNotAvailable):
    """The time is up in which something had to be done: it is undone as after a conflict."""


# After these, whoever owns the transaction begins it anew.
CONFLICTS = (SerializationFailure, DeadlockDetected, OutOfTime)


@contextmanager
def isolated(
    scope: AbstractContextManager,
    what: str,
    on_error: Callable[[Exception], None] | None = None,
    *,
    pass_on: tuple[type[Exception], ...] = PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
    loud: bool = False,
) -> Iterator:
    """Run a block so that its failure hurts nothing but itself.

    :param scope: what undoes the block when it fails: a savepoint, or a cursor of its own
    :param what: named in the log when the block fails
    :param on_error: called with the exception once the block is undone; without it the
        failure is logged with its traceback
    :param pass_on: raised all the same; by default concurrency errors, because whoever owns
        the transaction retries it as a whole
    :param loud: log the traceback even though ``on_error`` is told, unless others were in the way
    :return: what entering the scope gives
    """
    try:
        with scope as entered:
            yield entered
    except pass_on:
        raise
    except Exception as error:
        if isinstance(error, PoolError):
            _tell_of_connections(what)
        elif on_error is None or (loud and not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)):
            _logger.exception("%s failed", what)
        else:
            _logger.info("%s failed: %s", what, error)
        if on_error is not None:
            on_error(error)


def _tell_of_connections(what: str) -> None:
    """Say once in each process that it has too few connections: what is left undone others make up for."""
    global _SHORT  # of this process, whatever database
    _logger.log(
        logging.DEBUG if _SHORT else logging.ERROR,
        "%s: there was no connection to PostgreSQL left. Nothing is lost, the scheduled action goes on with it. "
        "Raise db_maxconn (now %s), see docs/sizing.md. This is said once.",
        what,
        config["db_maxconn"],
    )
    _SHORT = True


@contextmanager
def apart(dbname: str) -> Iterator[api.Environment]:
    """Open an environment of the system after a commit, on a cursor of its own.

    What the transaction changed of what processes cache is told to the others first: Odoo does so
    once all that waits for the commit is over, and they would go by what was until then.
    """
    registry = Registry(dbname)
    if registry.ready:
        registry.signal_changes()
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


class HastySavepoint(Savepoint):
    """A savepoint within which nobody is waited for longer than so many seconds; it costs no query more."""

    def __init__(self, cr: BaseCursor, seconds: float | None = None):
        self.name, self._cr, self.closed = str(uuid4()), cr, False
        query = "SAVEPOINT %s; SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)"
        cr.execute(SQL(query, SQL.identifier(self.name), _text(seconds or LOCK_SECONDS)))
        self.before = cr.fetchone()[0]

    def _close(self, rollback: bool) -> None:
        if rollback:  # the limit was set within it
            super()._close(rollback)
            return
        query = "RELEASE SAVEPOINT %s; SELECT set_config('lock_timeout', %s, true)"
        self._cr.execute(SQL(query, SQL.identifier(self.name), self.before))
        self.closed = True


@contextmanager
def undoable(cr: BaseCursor, *, flush: bool = True, hasty: bool = False) -> Iterator[None]:
    """Open a savepoint that, rolled back, also forgets what was to be done after the commit.

    Odoo's own forgets only what was to be done before. A webhook, for one, would be called for
    records whose step failed, and twice for those that are tried again one by one.

    :param flush: as of Odoo's own; False before the commit, when it is flushing already
    :param hasty: wait for nobody longer than ``LOCK_SECONDS``; not where it is to be flushed
    """
    queues = (cr.postcommit, cr.postrollback)
    before = [(len(queue), dict(queue.data)) for queue in queues]
    try:
        with HastySavepoint(cr) if hasty else cr.savepoint(flush=flush):
            yield
    except BaseException:
        for queue, (count, data) in zip(queues, before, strict=True):
            while len(queue) > count:
                queue._funcs.pop()  # Callbacks has no other way to take one back
            queue.data.clear()
            queue.data.update(data)
        raise


@contextmanager
def bounded(cr: BaseCursor, seconds: float | None = None, lock_seconds: float | None = None) -> Iterator[None]:
    """Let no statement of the block take longer than that, ``SLOW_SECONDS`` by default:
    PostgreSQL cancels it (``QueryCanceled``). A shorter limit that is there already stays.

    Meant for within a savepoint: when the block fails, undoing that undoes the limits too.

    :param lock_seconds: how long it may wait for what others hold (``LockNotAvailable``); None is no limit of its own
    """
    limit = _text(seconds or SLOW_SECONDS)
    cr.execute(
        "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),"
        " set_config('statement_timeout', CASE WHEN current_setting('statement_timeout')::interval"
        " BETWEEN '1ms' AND %s THEN current_setting('statement_timeout') ELSE %s END, true),"
        " set_config('lock_timeout', coalesce(%s, current_setting('lock_timeout')), true)",
        [limit, limit, lock_seconds and _text(lock_seconds)],
    )
    before = cr.fetchone()[:2]
    yield
    cr.execute(
        "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)",
        before,
    )


def _text(seconds: float) -> str:
    """Return a time limit as PostgreSQL reads it; 0 would be none at all."""
    return f"{max(1, int(seconds * 1000))}ms"


@contextmanager
def limited(cr: BaseCursor, deadline: float) -> Iterator[None]:
    """Let no statement of the block begin after a moment (``monotonic``), and cut off what then still
    goes on, also a wait for others: :class:`OutOfTime` is raised, and whoever meets it rolls back.

    Unlike ``bounded`` it is over all statements together, and for several transactions.
    """
    execute, known = cr.execute, inf

    def execute_in_time(query, params=None, log_exceptions=True):
        nonlocal known
        code = query.code if isinstance(query, SQL) else query
        if isinstance(code, str) and code.startswith(CONTROL):
            return execute(query, params, log_exceptions)
        known = _shorten(cr, execute, deadline, known)
        try:
            return execute(query, params, log_exceptions=False)
        except QueryCanceled as error:
            raise OutOfTime(str(error)) from error
        except Exception as error:
            if log_exceptions:
                _logger.error("bad query: %s\nERROR: %s", code, error)
            raise

    cr.execute = execute_in_time
    try:
        yield
    finally:
        del cr.execute
        if not cr.closed and cr.connection.get_transaction_status() == TRANSACTION_STATUS_INTRANS:
            cr.execute("SET LOCAL statement_timeout TO DEFAULT")


def _shorten(cr: BaseCursor, execute: Callable, deadline: float, known: float) -> float:
    """Set the limit of the next statement to what is left, if what is set is much longer.

    :param execute: the cursor's own
    :param known: seconds of the limit that was set last; a transaction forgets it
    :return: seconds of the limit that is set now
    :raises OutOfTime: nothing is left
    """
    left = deadline - monotonic()
    if left <= 0:
        raise OutOfTime("there is no time left")
    if cr.connection.status != STATUS_BEGIN:
        known = inf
    if known <= EXACT * left:
        return known
    execute(SQL("SET LOCAL statement_timeout = %s", _text(left)))
    return left


def describe(error: Exception) -> str:
    """Return an error in words that a person can read and PostgreSQL can keep.

    Odoo quotes the whole template and the traceback in what it raises about a template: its
    cause is shorter.
    """
    while _TRACEBACK in str(error) and error.__cause__:
        error = error.__cause__
    if isinstance(error, QWebError):
        text = f"{error.qweb.error} {error.qweb.element or ''}".rstrip()
    else:
        text = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
    return make_storable(text)


def trace(error: Exception) -> str:
    """Return where an error came from, for who can read code."""
    return make_storable("".join(format_exception(error)))[-TRACE_LENGTH:]


def make_storable(text: str) -> str:
    """Return a text as PostgreSQL keeps it: without NUL characters, and without halves of one, as of an
    emoji that was cut in two."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
