"""Which runs start and which stop, given what one transaction did to the records of one rule.

This is the core: everything about *when* is in these few functions. They work on sets of record ids; the caller
finds out which records match.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import product
from typing import Any

from .states import STOP_DOMAIN, STOP_MOVED, STOP_UNMATCHED
from .triggers import TriggerTraits, find

MOST_KEYS = 64  # for looking up a watcher; a rule on many stages of many teams is looked up by stage only
MAX_DEPTH = 10  # chained rules before it counts as a loop …
CLOSE_TOGETHER = timedelta(days=1)  # … within this time: rules that start each other monthly never are one
Row = Mapping[str, Any]  # values of one record by field
ONCE = "once"  # the occurrence of a rule that fires once per record


@dataclass(frozen=True)
class Watcher:
    """What one rule watches on the records of its model.

    ``pins``: field -> raw values outside of which no record can match (``domain.pins``).
    ``swept``: the clock also checks all records, for changes that no hook sees.
    ``above_id``: records up to this id existed when the rule was activated.
    ``tree``: its conditions (``domain.holds``) if columns alone determine them, else None.
    ``unsettled``: transactions that do not know the rule may be in progress; the clock catches up.
    ``traits``: those of its trigger in this database; without them the first ones declared.
    """

    rule_id: int
    trigger: str
    fields: frozenset[str]
    pins: Mapping[str, frozenset[Any]]
    date_field: str | None = None
    swept: bool = False
    above_id: int = 0
    unsettled: bool = False
    tree: object = None
    traits: TriggerTraits | None = None

    def get_traits(self) -> TriggerTraits:
        """Return what starts this rule."""
        return self.traits or find(self.trigger)


@dataclass(frozen=True)
class Watch:
    """All that active rules watch on one model: what has to be captured.

    ``linked``: field -> ``(model, field, own)`` of the lists that writing it changes too, as they share the same
    links: of the same record (``own``), or from the other side.
    ``pointing``: ``(model, field)`` that refer to records of this model: deleting or merging a record changes them
    without a write.
    ``has_rules``: False for a model that is only linked to models with rules.
    """

    columns: frozenset[str]
    relations: frozenset[str]
    watchers: tuple[Watcher, ...]
    linked: Mapping[str, frozenset[tuple[str, str, bool]]] = field(default_factory=dict)
    pointing: frozenset[tuple[str, str]] = frozenset()
    has_rules: bool = True

    @property
    def captures_creation(self) -> bool:
        """Whether new records can start a rule: not scenarios, and recurring rules wait for the clock."""
        return any(watcher.get_traits().born for watcher in self.watchers)

    @property
    def new_above_id(self) -> int | None:
        """The id above which a record is new to some rule; None if no rule reacts to new records."""
        traits = [(watcher.above_id, watcher.get_traits()) for watcher in self.watchers]
        return min((above_id for above_id, one in traits if one.born and not one.has_date), default=None)

    def concerned(self, rows: Iterable[Mapping[str, Any]], rule_ids: Set[int]) -> list[Watcher]:
        """Return the watchers that these records may start or stop, in order: few out of hundreds.

        :param rows: the current records, as raw column values
        :param rule_ids: rules with a run of these records in progress
        """
        positions = set(self._anywhere)
        positions.update(place for place, one in enumerate(self.watchers) if rule_ids and one.rule_id in rule_ids)
        for names, places in self._by_values.items():
            for values in {tuple(row[name] for name in names) for row in rows}:
                positions |= places.get(values, frozenset())
        return [self.watchers[place] for place in sorted(positions)]

    @cached_property
    def _anywhere(self) -> frozenset[int]:
        """The positions of the watchers that no column value can exclude."""
        return frozenset(place for place, one in enumerate(self.watchers) if not self._get_pinned(one))

    @cached_property
    def _by_values(self) -> dict[tuple[str, ...], dict[tuple[Any, ...], set[int]]]:
        """The positions of the others, by column and the values they need."""
        found: dict[tuple[str, ...], dict[tuple[Any, ...], set[int]]] = {}
        for place, one in enumerate(self.watchers):
            if names := self._get_pinned(one):
                for values in product(*(one.pins[name] for name in names)):
                    found.setdefault(names, {}).setdefault(values, set()).add(place)
        return found

    def _get_pinned(self, watcher: Watcher) -> tuple[str, ...]:
        """Return the columns that a watcher pins to values, those with the fewest values first and only as many as
        make ``MOST_KEYS`` combinations; none if it has to see all changes.
        """
        if watcher.swept:
            return ()
        chosen: list[str] = []
        keys = 1
        pins = {name: values for name, values in watcher.pins.items() if name in self.columns}
        for name in sorted(pins, key=lambda name: (len(pins[name]), name)):
            keys *= len(pins[name])
            if keys <= MOST_KEYS or not chosen:
                chosen.append(name)
        return tuple(chosen)


@dataclass(frozen=True)
class Change:
    """What happened to a rule's records in one transaction, as sets of ids.

    ``before`` and ``after`` are the records matching the rule's conditions then and now;
    a created record did not match before. ``due`` are the records whose date has come,
    ``dated`` those whose date field changed.
    """

    created: Set[int] = field(default_factory=frozenset)
    before: Set[int] = field(default_factory=frozenset)
    after: Set[int] = field(default_factory=frozenset)
    due: Set[int] = field(default_factory=frozenset)
    dated: Set[int] = field(default_factory=frozenset)


def starting(trigger: str | TriggerTraits, change: Change) -> Set[int]:
    """Return the records for which a run starts: those that match now and did not before, new or changed as the
    kind of trigger requires. A record that matches when created starts to match.

    With a date: already due when it is set, or when the record starts to match. Later dates are left to the clock,
    and so are dates set before.

    :param trigger: a declared kind, or its traits
    """
    traits = trigger if isinstance(trigger, TriggerTraits) else find(trigger)
    began = change.after - change.before
    if traits.has_date:
        began = (began | (change.dated & change.after)) & change.due
    if not traits.born:
        began -= change.created
    return began if traits.by_change else began & change.created


def stop_reason(*, matches: bool, keep_matching: bool, reached_stop: bool, moved: bool) -> str | None:
    """Return why a run in progress has to stop now, or None.

    :param matches: the record meets the rule's conditions
    :param keep_matching: the run continues only while they are met
    :param reached_stop: the record meets the rule's "stop when" condition
    :param moved: the record no longer has the date that started the run
    """
    if reached_stop:
        return STOP_DOMAIN
    if moved:
        return STOP_MOVED
    if keep_matching and not matches:
        return STOP_UNMATCHED
    return None


def occurrence(reentry: str, *, happened_at: datetime, date_value: str | None = None, key: str | None = None) -> str:
    """Return the key that makes a run unique for its rule and record.

    :param reentry: ``once`` always gives the same key, whatever else is given; other values give one per event
    :param happened_at: naive UTC, the transaction's time; two rounds of one transaction share it
    :param date_value: the value of the date field, for a run started by a date
    :param key: the key of the event, if it has one
    """
    if reentry == "once":
        return ONCE
    return key or date_value or happened_at.isoformat(sep=" ", timespec="microseconds")


def spans(ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return the numbers as ``[(first, last)]`` of consecutive ones, in order."""
    found: list[tuple[int, int]] = []
    for number in sorted(ids):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def merge_changes(first: Mapping[int, Row | None], then: Mapping[int, Row | None]) -> dict[int, Row | None]:
    """Add what is known from earlier to the old values in ``then``, by record id: the earliest value of a field
    counts.

    A created record (None) stays created, whatever changes later.
    """
    merged: dict[int, Row | None] = {}
    for res_id, old in then.items():
        known = first.get(res_id, {})
        merged[res_id] = None if known is None or old is None else {**old, **known}
    return merged


def net_changes(old: Mapping[int, Row], now: Mapping[int, Row]) -> dict[int, dict[str, Any]]:
    """Return per record the old values that really changed; a restored value is no change.

    Records that no longer exist (absent from ``now``) are left out.
    """
    return {
        res_id: changed
        for res_id, values in old.items()
        if res_id in now and (changed := {name: value for name, value in values.items() if now[res_id][name] != value})
    }
