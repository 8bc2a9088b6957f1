"""The one place where any exception is caught, and what travels with a cursor."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from traceback import format_exception
from weakref import WeakKeyDictionary

from odoo.addons.base.models.ir_qweb import QWebError
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import BaseCursor

_logger = logging.getLogger(__name__)

_TRACEBACK = "Traceback (most recent call last)"
TRACE_LENGTH = 10_000  # characters kept of a traceback: its end, which names the cause
SLOW_SECONDS = 5.0  # a search of ours that takes longer is in the way of who saves


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
    :param loud: log the traceback even though ``on_error`` is told
    :return: what entering the scope gives
    """
    try:
        with scope as entered:
            yield entered
    except pass_on:
        raise
    except Exception as error:
        if on_error is None or loud:
            _logger.exception("%s failed", what)
        else:
            _logger.info("%s failed: %s", what, error)
        if on_error is not None:
            on_error(error)


@contextmanager
def undoable(cr: BaseCursor, *, flush: bool = True) -> Iterator[None]:
    """Open a savepoint that, rolled back, also forgets what was to be done after the commit.

    Odoo's own forgets only what was to be done before. A webhook, for one, would be called for
    records whose step failed, and twice for those that are tried again one by one.

    :param flush: as of Odoo's own; False before the commit, when it is flushing already
    """
    queues = (cr.postcommit, cr.postrollback)
    before = [(len(queue), dict(queue.data)) for queue in queues]
    try:
        with cr.savepoint(flush=flush):
            yield
    except BaseException:
        for queue, (count, data) in zip(queues, before, strict=True):
            while len(queue) > count:
                queue._funcs.pop()  # Callbacks has no other way to take one back
            queue.data.clear()
            queue.data.update(data)
        raise


@contextmanager
def bounded(cr: BaseCursor, seconds: float | None = None) -> Iterator[None]:
    """Let no statement of the block take longer than that, ``SLOW_SECONDS`` by default:
    PostgreSQL cancels it (``QueryCanceled``).

    Meant for within a savepoint: when the block fails, undoing that undoes the limit too.
    """
    cr.execute(
        "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
        [f"{int((seconds or SLOW_SECONDS) * 1000)}ms"],
    )
    before = cr.fetchone()[0]
    yield
    cr.execute("SELECT set_config('statement_timeout', %s, true)", [before])


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
    return _make_storable(text)


def trace(error: Exception) -> str:
    """Return where an error came from, for who can read code."""
    return _make_storable("".join(format_exception(error)))[-TRACE_LENGTH:]


def _make_storable(text: str) -> str:
    """Return a text as PostgreSQL keeps it: without NUL characters, and without halves of one, as of an
    emoji that was cut in two."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


@dataclass
class Acting:
    """The executions a cursor is carrying out: whatever is written meanwhile is their doing.

    It hangs on the cursor and not in the context, because a flush runs with the default one.
    """

    rule_id: int
    depth: int
    execution_by_record: dict[tuple[str, int], int]
    started_run_ids: list[int] = field(default_factory=list)
    looping_run_ids: list[int] = field(default_factory=list)

    def origin(self, model_name: str, res_id: int) -> int | None:
        """Return the id of the execution that caused a change: the record's own, if it is one
        of those acted on, else the batch's first."""
        first = next(iter(self.execution_by_record.values()), None)
        return self.execution_by_record.get((model_name, res_id), first)


_ACTING: WeakKeyDictionary[BaseCursor, Acting] = WeakKeyDictionary()


def acting_on(cr: BaseCursor) -> Acting | None:
    """Return what the cursor is carrying out, None in a person's own transaction."""
    return _ACTING.get(cr)


@contextmanager
def acting(cr: BaseCursor, what: Acting, refuse_rollback: Callable[[], None]) -> Iterator[Acting]:
    """Mark what happens on the cursor within the block as the doing of executions.

    What they do and their being marked are one transaction, whatever the code of a step says:
    a commit waits for that of the batch, a rollback is refused.

    :param refuse_rollback: raises
    """
    kept = {name: method for name, method in vars(cr).items() if name in ("commit", "rollback")}
    _ACTING[cr] = what
    cr.commit, cr.rollback = cr.flush, refuse_rollback
    try:
        yield what
    finally:
        del _ACTING[cr], cr.commit, cr.rollback
        vars(cr).update(kept)
