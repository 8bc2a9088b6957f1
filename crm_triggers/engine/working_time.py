"""When a company works, and moves on that time: plain dates and naive UTC instants.

Days are the working calendar's own dates, the ones on which somebody works at all. Hours are
its working hours. Both are read a calendar year at a time, when a move first gets there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from operator import itemgetter
from typing import NamedTuple

# Nobody knows the holidays of other years; what is dated there is left alone.
FIRST_YEAR, LAST_YEAR = 1900, 2199
# So many years in a row without any work are a mistake.
EMPTY_YEARS = 2
# A day off until 23:59:59 leaves a last second, which is not work.
SHORTEST = timedelta(minutes=1)

_DAY = timedelta(days=1)


class NoWorkingTimeError(LookupError):
    """Nobody works for years, by this calendar: it is empty, or given leave for ever."""


class Span(NamedTuple):
    """An uninterrupted time of work, naive UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Year:
    """The working days and hours of one year, sorted and disjoint."""

    days: tuple[date, ...] = ()
    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, year: int, intervals: Iterable[tuple[datetime, datetime]]) -> "Year":
        """Return what the intervals hold of a year.

        :param intervals: aware start and end, in the zone of the calendar, in any order, none
            across midnight; those of other years, and slivers, are left out
        """
        own = sorted((start, end) for start, end in intervals if start.year == year and end - start >= SHORTEST)
        return cls(
            days=tuple(sorted({start.date() for start, _end in own})),
            spans=tuple(Span(_to_utc(start), _to_utc(end)) for start, end in own),
        )


class WorkingTime:
    """The working time of one calendar.

    :param read_year: gives a year's days and hours; asked once per year
    """

    def __init__(self, read_year: Callable[[int], Year]):
        self._read_year = read_year
        self._years: dict[int, Year] = {}

    def day(self, start: date, count: int) -> date:
        """Return the ``count``-th working day after ``start``, before it if negative.

        Zero is ``start`` itself if it is a working day, else the next one.

        :raises NoWorkingTimeError: there is none for years
        :raises OverflowError: it lies outside the years that are known
        """
        if count < 0:
            return self._day_before(start, -count)
        left, years = count or 1, self._get_years(start.year, 1)
        while True:
            year = next(years)
            passed = (bisect_right if count else bisect_left)(year.days, start)
            if passed + left <= len(year.days):
                return year.days[passed + left - 1]
            left -= len(year.days) - passed

    def _day_before(self, start: date, count: int) -> date:
        years = self._get_years(start.year, -1)
        while True:
            year = next(years)
            ahead = bisect_left(year.days, start)
            if count <= ahead:
                return year.days[ahead - count]
            count -= ahead

    def nearest(self, day: date, *, back: bool) -> date:
        """Return the day itself if it is a working day, else the next one, or the last one before."""
        return self.day(day + _DAY, -1) if back else self.day(day, 0)

    def moment(self, start: datetime, span: timedelta) -> datetime:
        """Return the instant at which ``span`` of work is done, counted from ``start``.

        A negative span goes back. Zero is ``start`` itself while somebody works, else the next
        beginning of work. Work that fills a day up ends that evening, not the next morning.

        :raises NoWorkingTimeError: there is no work for years
        :raises OverflowError: it lies outside the years that are known
        """
        if span < timedelta(0):
            return self._moment_before(start, -span)
        years = self._get_years((start - _DAY).year, 1)  # a zone may still be in the old year
        while True:
            year = next(years)
            for begins, ends in year.spans[bisect_right(year.spans, start, key=itemgetter(1)) :]:
                begins = max(begins, start)
                if span <= ends - begins:
                    return begins + span
                span -= ends - begins

    def spans(self, start: datetime) -> Iterator[Span]:
        """Yield the working hours from an instant on, the first one cut where it has begun.

        :raises NoWorkingTimeError: when it comes to years without any
        :raises OverflowError: when it comes to years that are not known
        """
        for year in self._get_years((start - _DAY).year, 1):
            for begins, ends in year.spans[bisect_right(year.spans, start, key=itemgetter(1)) :]:
                yield Span(max(begins, start), ends)

    def _moment_before(self, start: datetime, span: timedelta) -> datetime:
        years = self._get_years((start + _DAY).year, -1)
        while True:
            year = next(years)
            for begins, ends in reversed(year.spans[: bisect_left(year.spans, start, key=itemgetter(0))]):
                ends = min(ends, start)
                if span <= ends - begins:
                    return ends - span
                span -= ends - begins

    def _get_years(self, first: int, step: int) -> Iterator[Year]:
        """Yield the years from the first on, or back, until they end by an error."""
        empty = 0
        while FIRST_YEAR <= first <= LAST_YEAR:
            if first not in self._years:
                self._years[first] = self._read_year(first)
            empty = 0 if self._years[first].days else empty + 1
            if empty == EMPTY_YEARS:
                raise NoWorkingTimeError(f"the calendar has no working time in {first - step} and {first}")
            yield self._years[first]
            first += step
        raise OverflowError(f"working time is not known for the year {first}")


def _to_utc(moment: datetime) -> datetime:
    """Return a naive UTC instant in whole seconds: 23:59:59.999999 is how calendars write 24:00."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return utc if not utc.microsecond else utc.replace(microsecond=0) + timedelta(seconds=1)
