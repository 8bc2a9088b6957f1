"""What a cursor is carrying out at the moment: it travels with the cursor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import BaseCursor

from .isolation import CONFLICTS


@dataclass
class Acting:
    """The executions a cursor is carrying out: whatever is written meanwhile is their doing.

    It hangs on the cursor and not in the context, because a flush runs with the default one.
    """

    rule_id: int
    depths: dict[int, int]  # of each execution: how many rules in a row led to its run lately
    execution_by_record: dict[tuple[str, int], int]
    started_run_ids: list[int] = field(default_factory=list)
    looping_run_ids: list[int] = field(default_factory=list)

    def origin(self, model_name: str, res_id: int) -> int | None:
        """Return the id of the execution that caused a change: the record's own, if it is one
        of those acted on, else the batch's first."""
        first = next(iter(self.execution_by_record.values()), None)
        return self.execution_by_record.get((model_name, res_id), first)

    def depth(self, model_name: str, res_id: int) -> int:
        """Return how many rules in a row led to what starts for a record: its own, or, if it is none of those
        acted on, as many as led to any of them."""
        own = self.execution_by_record.get((model_name, res_id))
        return 1 + self.depths.get(own, max(self.depths.values(), default=0))


_ACTING: WeakKeyDictionary[BaseCursor, Acting] = WeakKeyDictionary()


def acting_on(cr: BaseCursor) -> Acting | None:
    """Return what the cursor is carrying out, None in a person's own transaction."""
    return _ACTING.get(cr)


def repeated(cr: BaseCursor) -> tuple[type[Exception], ...]:
    """Return the errors after which all that the cursor did is done anew. Who carries out executions has time
    for it; a person, for whom it is done while he saves, does not begin again for what others hold too long."""
    return PG_CONCURRENCY_EXCEPTIONS_TO_RETRY if cr in _ACTING else CONFLICTS


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
