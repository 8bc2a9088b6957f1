"""The one place where any exception is caught, and the time limits of a cursor."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from math import inf
from time import monotonic
from traceback import format_exception
from uuid import uuid4
from weakref import WeakKeyDictionary

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
TRACE_LENGTH = 10_000  # maximum length of a traceback: its end, which names the cause
SLOW_SECONDS = 5.0  # a longer search would delay the user's save
LOCK_SECONDS = 1.0  # maximum wait for locks on behalf of a saving user
BRIEF_SECONDS = 0.1  # ... and after that in the same transaction: half as long each time
CLOCK_SECONDS = 60.0  # per statement of the clock: half of what Odoo allows a scheduled action
WAIT_SECONDS = 2.0  # maximum wait of the clock for a lock; it tries again the next time
EXACT = 1.25  # tolerance factor of a limit over what is left: setting it for each statement would cost more
_SHORT = False  # whether this process already warned that it has too few connections
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # a rollback is always allowed


class OutOfTime(LockNotAvailable):
    """The time limit is reached: the work is rolled back as after a conflict."""


# After these, the owner of the transaction repeats it.
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
    """Run a block so that its failure affects nothing else.

    :param scope: what rolls the block back when it fails: a savepoint, or a separate cursor
    :param what: named in the log when the block fails
    :param on_error: called with the exception after the rollback; without it the failure is logged with its
    traceback
    :param pass_on: errors that are raised nevertheless; by default concurrency errors, because the owner of the
    transaction retries it as a whole
    :param loud: log the traceback even with ``on_error``, except for lock conflicts
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
    """Warn once per process that it has too few connections: other jobs catch up with what is left undone."""
    global _SHORT  # of this process, for any database
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
    """Open a superuser environment after a commit, on a separate cursor.

    Cache invalidations of the transaction are signalled to the other processes first: Odoo does so only after all
    postcommit callbacks, so until then they would use outdated values.
    """
    registry = Registry(dbname)
    if registry.ready:
        registry.signal_changes()
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


class HastySavepoint(Savepoint):
    """A savepoint with a lock timeout, shorter after each one that was reached in the same transaction: many rules
    may meet the same lock. It costs no extra query.
    """

    def __init__(self, cr: BaseCursor):
        self.name, self._cr, self.closed = str(uuid4()), cr, False
        query = "SAVEPOINT %s; SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)"
        cr.execute(SQL(query, SQL.identifier(self.name), _text(_get_patience(cr))))
        self.before = cr.fetchone()[0]

    def __exit__(self, exc_type, exc_val, exc_tb):
        # A rule's fault names the error as its cause.
        if isinstance(exc_val, LockNotAvailable) or isinstance(getattr(exc_val, "__cause__", None), LockNotAvailable):
            _WAITS[self._cr] = (self._cr.now(), _get_waits(self._cr) + 1)
        return super().__exit__(exc_type, exc_val, exc_tb)

    def _close(self, rollback: bool) -> None:
        if rollback:  # the limit was set within the savepoint
            super()._close(rollback)
            return
        query = "RELEASE SAVEPOINT %s; SELECT set_config('lock_timeout', %s, true)"
        self._cr.execute(SQL(query, SQL.identifier(self.name), self.before))
        self.closed = True


# The current transaction of a cursor, and how often it waited for locks in vain.
_WAITS: WeakKeyDictionary[BaseCursor, tuple[datetime, int]] = WeakKeyDictionary()


def _get_waits(cr: BaseCursor) -> int:
    moment, count = _WAITS.get(cr, (None, 0))
    return count if moment == cr.now() else 0


def _get_patience(cr: BaseCursor) -> float:
    """Return for how many seconds a transaction of a saving user still waits for a lock: 1.2 altogether."""
    waits = _get_waits(cr)
    return BRIEF_SECONDS / 2 ** min(waits - 1, 10) if waits else LOCK_SECONDS


@contextmanager
def undoable(cr: BaseCursor, *, flush: bool = True, hasty: bool = False) -> Iterator[None]:
    """Open a savepoint whose rollback also discards postcommit callbacks.

    Odoo's own only discards precommit callbacks. A webhook, for one, would be called for records whose step failed,
    and twice for those retried one by one.

    :param flush: as of Odoo's own; False before the commit, where a flush is in progress
    :param hasty: as of :class:`HastySavepoint`; not together with a flush
    """
    queues = (cr.postcommit, cr.postrollback)
    before = [(len(queue), dict(queue.data)) for queue in queues]
    try:
        with HastySavepoint(cr) if hasty else cr.savepoint(flush=flush):
            yield
    except BaseException:
        for queue, (count, data) in zip(queues, before, strict=True):
            while len(queue) > count:
                queue._funcs.pop()  # Callbacks offers no other way to remove one
            queue.data.clear()
            queue.data.update(data)
        raise


@contextmanager
def bounded(cr: BaseCursor, seconds: float | None = None, lock_seconds: float | None = None) -> Iterator[None]:
    """Limit the duration of each statement in the block, ``SLOW_SECONDS`` by default: PostgreSQL cancels longer
    ones (``QueryCanceled``). A shorter limit already set is kept.

    Meant for use within a savepoint: when the block fails, its rollback also resets the limits.

    :param lock_seconds: lock timeout (``LockNotAvailable``); None for no separate limit
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


@contextmanager
def in_turn(cr: BaseCursor, what: str) -> Iterator[None]:
    """Run a part of the work of the clock or the worker: neither its failure nor a lock held by others stops the
    other parts.

    :param what: named in the log; a conflict is no error, as the part is repeated the next time
    """
    scope = isolated(cr.savepoint(), what, lambda error: None, pass_on=(), loud=True)
    with scope, bounded(cr, CLOCK_SECONDS, LOCK_SECONDS):
        yield


def _text(seconds: float) -> str:
    """Return a time limit in PostgreSQL's format; 0 would mean none."""
    return f"{max(1, int(seconds * 1000))}ms"


@contextmanager
def limited(cr: BaseCursor, deadline: float) -> Iterator[None]:
    """Start no statement of the block after a moment (``monotonic``), and cancel one still running then, even if it
    waits for a lock: :class:`OutOfTime` is raised, and the caller rolls back.

    Unlike ``bounded`` it covers all statements together, and several transactions.
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
    """Set the limit of the next statement to what is left, if the current one is much longer.

    :param execute: the cursor's own
    :param known: seconds of the last limit set; a transaction resets it
    :return: seconds of the limit set now
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
    """Return an error as text that is readable and storable in PostgreSQL.

    Odoo's errors about a template quote the whole template and the traceback: their cause is shorter.
    """
    while _TRACEBACK in str(error) and error.__cause__:
        error = error.__cause__
    if isinstance(error, QWebError):
        text = f"{error.qweb.error} {error.qweb.element or ''}".rstrip()
    else:
        text = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
    return make_storable(text)


def trace(error: Exception) -> str:
    """Return the traceback of an error, for readers of code."""
    return make_storable("".join(format_exception(error)))[-TRACE_LENGTH:]


def make_storable(text: str) -> str:
    """Return a text as PostgreSQL can store it: without NUL characters, and without lone surrogates, as of an emoji
    that was cut in two.
    """
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
