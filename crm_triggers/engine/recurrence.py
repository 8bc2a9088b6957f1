"""Which day a recurring rule acts on: "every Monday", "every 2 months on the 31st".

Periods are counted from a first one by plain dates, so that the answer depends only on the rule and the given
moment. All instants are naive UTC; zones are IANA names.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .schedule import to_local, to_utc
from .working_time import WorkingTime

_MONTHS = {"months": 1, "quarters": 3}
_DAYS = {"days": 1, "weeks": 7}


class Occurrence(NamedTuple):
    """One time a recurring rule acts.

    ``day`` is the nominal day, which identifies the occurrence; ``due_at`` is the instant it acts, on a later day
    if the nominal one is a day off.
    """

    day: date
    due_at: datetime


@dataclass(frozen=True)
class Recurrence:
    """A rule's "every n units, on that day, at that hour".

    A later day is never due before an earlier one. If a working calendar moves several days to the same one, they
    are due together, and the last of them stands for all.

    :param count: every how many units, at least 1
    :param unit: days, weeks, months or quarters
    :param start: a day of the first period; earlier days do not count
    :param tz: time zone of the hour
    :param hour: of the day, 0 to 23
    :param weekday: of weeks, 0 for Monday to 6
    :param month_day: of months and quarters, 1 to 31; the last day of a shorter month
    :param working: if given, a day off moves to the next working day
    """

    count: int
    unit: str
    start: date
    tz: str
    hour: int = 0
    weekday: int = 0
    month_day: int = 1
    working: WorkingTime | None = None

    def last(self, now: datetime) -> Occurrence | None:
        """Return the last occurrence due at this instant or before; None before the first.

        :raises ValueError: unknown unit
        :raises NoWorkingTimeError: the working calendar has none for years
        """
        number = self._get_number(to_local(now, self.tz).date())
        while (occurrence := self._get_occurrence(number)) and occurrence.due_at > now:
            number -= 1
        return occurrence

    def next(self, now: datetime) -> Occurrence:
        """Return the first occurrence due after this instant.

        :raises OverflowError: it is outside the supported years
        :raises: as :func:`last`
        """
        last = self.last(now)
        number = self._get_number(last.day) if last else self._get_first_number()
        while (occurrence := self._get_occurrence(number)) is None or occurrence.due_at <= now:
            number += 1
        return occurrence

    def _get_first_number(self) -> int:
        """Return the number of the first period, or the second: the day of the first may be before the start."""
        return 0 if self._get_day(0) >= self.start else 1

    def _get_number(self, day: date) -> int:
        """Return the number of the last period whose day is this one or earlier; it may be negative."""
        if self.unit in _MONTHS:
            months = (day.year - self.start.year) * 12 + day.month - self.start.month
            number = months // (self.count * _MONTHS[self.unit])
        else:
            number = (day - self._get_day(0)).days // (self.count * self._get_length())
        return number if self._get_day(number) <= day else number - 1

    def _get_length(self) -> int:
        if self.unit not in _DAYS:
            raise ValueError(f"unknown unit {self.unit!r}")
        return _DAYS[self.unit]

    def _get_day(self, number: int) -> date:
        """Return the nominal day of a period, working day or not."""
        if self.unit in _MONTHS:
            months = number * self.count * _MONTHS[self.unit]
            day: date = self.start + relativedelta(months=months, day=self.month_day)
            return day
        days = number * self.count * self._get_length()
        if self.unit == "weeks":
            days += self.weekday - self.start.weekday()
        return self.start + timedelta(days=days)

    def _get_occurrence(self, number: int) -> Occurrence | None:
        """Return the occurrence of a period, None before the start."""
        if number < 0 or (day := self._get_day(number)) < self.start:
            return None
        due_on = self.working.day(day, 0) if self.working else day
        return Occurrence(day, to_utc(datetime.combine(due_on, time(self.hour)), self.tz))
