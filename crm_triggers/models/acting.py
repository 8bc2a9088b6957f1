"""What a cursor is executing at the moment: stored on the cursor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import BaseCursor

from .isolation import CONFLICTS


@dataclass
class Acting:
    """The executions that a cursor is running: all writes meanwhile are caused by them.

    Stored on the cursor, not in the context, because a flush runs with the default context.
    """

    rule_id: int
    depths: dict[int, int]  # by execution: length of its run's recent chain of rules
    execution_by_record: dict[tuple[str, int], int]
    started_run_ids: list[int] = field(default_factory=list)
    looping_run_ids: list[int] = field(default_factory=list)

    def origin(self, model_name: str, res_id: int) -> int | None:
        """Return the id of the execution that caused a change: the record's own, if the batch acts on it, else the
        batch's first.
        """
        first = next(iter(self.execution_by_record.values()), None)
        return self.execution_by_record.get((model_name, res_id), first)

    def depth(self, model_name: str, res_id: int) -> int:
        """Return the length of the chain of rules for what starts on a record: of its own execution, or, if the
        batch does not act on it, the longest of all.
        """
        own = self.execution_by_record.get((model_name, res_id))
        return 1 + self.depths.get(own, max(self.depths.values(), default=0))


_ACTING: WeakKeyDictionary[BaseCursor, Acting] = WeakKeyDictionary()


def acting_on(cr: BaseCursor) -> Acting | None:
    """Return what the cursor is executing, None in a user's transaction."""
    return _ACTING.get(cr)


def repeated(cr: BaseCursor) -> tuple[type[Exception], ...]:
    """Return the errors after which the caller repeats the whole transaction. A worker has time for that; while a
    user waits for a save, nothing is repeated because of locks held too long.
    """
    return PG_CONCURRENCY_EXCEPTIONS_TO_RETRY if cr in _ACTING else CONFLICTS


@contextmanager
def acting(cr: BaseCursor, what: Acting, refuse_rollback: Callable[[], None]) -> Iterator[Acting]:
    """Mark all changes on the cursor within the block as caused by these executions.

    Their changes and their states are one transaction, whatever the code of a step does: a commit waits for that of
    the batch, a rollback is refused.

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
