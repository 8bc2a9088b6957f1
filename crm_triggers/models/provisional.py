"""Decisions made in a transaction that is still open, which may have to be repeated.

A flush is not the end of a transaction: each savepoint flushes, an import flushes row by row, and more may follow.
What counts is the net change at the commit. So a decision stands until one of its records changes again in the same
transaction: then its effects are reverted, and it is repeated on everything that happened to the record since the
transaction began.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from odoo.sql_db import BaseCursor

from ..engine.decision import merge_changes
from .acting import Acting, acting_on

Key = tuple[str, int]  # name of a model, id of a record


@dataclass(frozen=True)
class Effect:
    """A row of one of our tables that a decision inserted, changed or deleted.

    ``before``: the old values of what was changed, all of a deleted row, None of an inserted one;
    ``after``: the new ones, None of a deleted row.
    """

    model: str
    row_id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass
class Provisional:
    """The decisions of one transaction; within a worker's, those of the current batch.

    It stays valid after a rollback to a savepoint: the old values are those before the transaction, and a row in
    another state than a decision gave it is not touched.
    """

    moment: datetime
    acting: Acting | None
    author: int | None = None
    changes: dict[str, dict[int, Any]] = field(default_factory=dict)
    happened: dict[Key, list[Any]] = field(default_factory=lambda: defaultdict(list))
    effects: dict[Key, list[Effect]] = field(default_factory=lambda: defaultdict(list))
    is_deciding: bool = False

    def take_in(self, changes: Mapping[str, Mapping[int, Any]]) -> dict[str, dict[int, Any]]:
        """Add what was captured since the last flush.

        :return: ``{model: {id: old values}}`` of these records, since the transaction began
        """
        merged = {}
        for model, records in changes.items():
            known = self.changes.setdefault(model, {})
            known.update(merge_changes(known, records))
            merged[model] = {res_id: known[res_id] for res_id in records}
        return merged

    def get_effects(self, keys: Iterable[Key]) -> dict[str, list[Effect]]:
        """Return the effects of decisions on these records, in order, by model."""
        found: dict[str, list[Effect]] = defaultdict(list)
        for key in keys:
            for effect in self.effects.get(key, ()):
                found[effect.model].append(effect)
        return found


_PROVISIONAL: WeakKeyDictionary[BaseCursor, Provisional] = WeakKeyDictionary()


def going_on(cr: BaseCursor) -> Provisional:
    """Return the decisions so far in the current transaction of a cursor, empty in a new one."""
    found, moment, acting = _PROVISIONAL.get(cr), cr.now(), acting_on(cr)
    if found is None or found.moment != moment or found.acting is not acting:
        found = _PROVISIONAL[cr] = Provisional(moment, acting)
    return found


@contextmanager
def deciding(cr: BaseCursor) -> Iterator[Provisional]:
    """Record what the block writes into our tables, so that it can be reverted."""
    provisional = going_on(cr)
    before, provisional.is_deciding = provisional.is_deciding, True
    try:
        yield provisional
    finally:
        provisional.is_deciding = before


def note_effect(cr: BaseCursor, key: Key, effect: Effect) -> None:
    """Record a row just written, if a decision wrote it."""
    provisional = _PROVISIONAL.get(cr)
    if provisional is not None and provisional.is_deciding:
        provisional.effects[key].append(effect)
