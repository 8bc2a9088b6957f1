"""The first free slot within a user's working hours. All instants are naive UTC."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from .working_time import Span

# Meetings start on a quarter of an hour; time zone offsets are multiples of it too.
GRID = timedelta(minutes=15)
_ORIGIN = datetime(1970, 1, 1)


def next_on_grid(moment: datetime) -> datetime:
    """Return the moment if it is on a quarter of an hour, else the next one that is."""
    return moment + (_ORIGIN - moment) % GRID


def whole(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans in order, merging those that touch.

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

    :param working: working hours, sorted; consumed lazily, so it may be endless
    :param busy: occupied times, in any order
    :param earliest: no slot starts before
    :param length: of the slot, more than zero; a slot never spans a break
    :param until: no slot starts at or after; this ends the search
    :return: a quarter of an hour, None if there is no free slot
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
