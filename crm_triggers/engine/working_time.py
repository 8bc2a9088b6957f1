"""A company's working time, and calculations on it: plain dates and naive UTC instants.

Days are the working calendar's own dates on which anybody works. Hours are its working hours. Both are read one
calendar year at a time, when first needed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from operator import itemgetter
from typing import NamedTuple

# Holidays of other years are unknown; dates there are left unchanged.
FIRST_YEAR, LAST_YEAR = 1900, 2199
# This many years in a row without any work are an error.
EMPTY_YEARS = 2
# A day off until 23:59:59 leaves a last second, which is not working time.
SHORTEST = timedelta(minutes=1)

_DAY = timedelta(days=1)


class NoWorkingTimeError(LookupError):
    """The calendar has no working time for years: it is empty, or has endless leave."""


class Span(NamedTuple):
    """An uninterrupted working time, naive UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Year:
    """The working days and hours of one year, sorted and disjoint."""

    days: tuple[date, ...] = ()
    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, year: int, intervals: Iterable[tuple[datetime, datetime]]) -> "Year":
        """Return the part of the intervals in a year.

        :param intervals: aware start and end, in the zone of the calendar, in any order, none across midnight;
        those of other years, and very short ones, are left out
        """
        own = sorted((start, end) for start, end in intervals if start.year == year and end - start >= SHORTEST)
        return cls(
            days=tuple(sorted({start.date() for start, _end in own})),
            spans=tuple(Span(_to_utc(start), _to_utc(end)) for start, end in own),
        )


class WorkingTime:
    """The working time of one calendar.

    :param read_year: returns a year's days and hours; called once per year
    """

    def __init__(self, read_year: Callable[[int], Year]):
        self._read_year = read_year
        self._years: dict[int, Year] = {}

    def day(self, start: date, count: int) -> date:
        """Return the ``count``-th working day after ``start``, before it if negative.

        Zero is ``start`` itself if it is a working day, else the next one.

        :raises NoWorkingTimeError: there is none for years
        :raises OverflowError: it is outside the supported years
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
        """Return the day itself if it is a working day, else the next or the previous one."""
        return self.day(day + _DAY, -1) if back else self.day(day, 0)

    def moment(self, start: datetime, span: timedelta) -> datetime:
        """Return the instant ``span`` of working time after ``start``.

        A negative span goes back. Zero is ``start`` itself during working hours, else their next start. A span that
        fills a day ends that evening, not the next morning.

        :raises NoWorkingTimeError: there is no working time for years
        :raises OverflowError: it is outside the supported years
        """
        if span < timedelta(0):
            return self._moment_before(start, -span)
        years = self._get_years((start - _DAY).year, 1)  # in local time it may still be the previous year
        while True:
            year = next(years)
            for begins, ends in year.spans[bisect_right(year.spans, start, key=itemgetter(1)) :]:
                begins = max(begins, start)
                if span <= ends - begins:
                    return begins + span
                span -= ends - begins

    def spans(self, start: datetime) -> Iterator[Span]:
        """Yield the working hours from an instant on, the first one cut if it has started.

        :raises NoWorkingTimeError: on reaching years without any
        :raises OverflowError: on reaching unsupported years
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
        """Yield the years from the first on, or backwards, until they end with an error."""
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
