"""When somebody has time: the first free slot of his working hours. All instants are naive UTC."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from .working_time import Span

# Meetings begin at a quarter of an hour on the clock; so do the zones of the world.
GRID = timedelta(minutes=15)
_ORIGIN = datetime(1970, 1, 1)


def next_on_grid(moment: datetime) -> datetime:
    """Return the moment if it is a quarter of an hour, else the next one that is."""
    return moment + (_ORIGIN - moment) % GRID


def whole(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans, in order, with those that touch one another made one.

    :param spans: sorted by their start
    """
    current = None
    for span in spans:
        if current is not None and span.start <= current.end:
            current = Span(current.start, max(current.end, span.end))
            continue
        if current is not None:
            yield current
        current = Span(*span)
    if current is not None:
        yield current


def first_free(
    working: Iterable[Span], busy: Iterable[Span], earliest: datetime, length: timedelta, until: datetime
) -> datetime | None:
    """Return the start of the first free slot within working hours.

    :param working: when he works, sorted; read no further than needed, so it may go on for years
    :param busy: when he has something else to do, in any order
    :param earliest: no slot begins before
    :param length: of the slot, more than zero; it is never cut by a break
    :param until: no slot begins at or after; this ends the search
    :return: a quarter of an hour on the clock, None if there is none
    """
    taken = list(whole(sorted(busy)))
    for begins, ends in whole(working):
        if begins >= until:
            return None
        start = next_on_grid(max(begins, earliest))
        for busy_from, busy_to in taken:
            if start < busy_to and busy_from < start + length:
                start = next_on_grid(busy_to)
        if start + length <= ends:
            return start if start < until else None
    return None
