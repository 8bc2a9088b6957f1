"""When a step or a dated rule falls due. All instants are naive UTC; zones are IANA names.

Minutes and hours are spans of time. Days, weeks and months are moves on the calendar of the
given zone: "three days later" keeps the hour on the clock across a DST change, and a month
after 31 January is the last of February (``dateutil.relativedelta``). A clock time that DST
leaves out is read as the same span later (02:30 becomes 03:30), one that occurs twice as the
first of the two (PEP 495, ``fold=0``).

With a working calendar, minutes and hours are those of work, days are working days, and weeks
or months that end on a day off move on to the next working day in the direction of counting:
a delay is never shorter than asked. Days, weeks and months keep the hour on the clock,
whatever the working hours.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from .working_time import WorkingTime

Moment = TypeVar("Moment", date, datetime)

_SPANS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
_CALENDAR = ("days", "weeks", "months")
# Where the search for the ends of a window starts; it extends further if that is too near.
_REACH = timedelta(days=5)
# The first and the last time zone to reach a day, and their distance.
_EARLIEST, _LATEST, _APART = "Etc/GMT-14", "Etc/GMT+12", timedelta(hours=26)
_LONGEST_DAY = timedelta(hours=25)  # the one on which clocks go back

AHEAD, DUE, LATE, HISTORY = "ahead", "due", "late", "history"


@cache
def is_zone(tz: str) -> bool:
    """Return whether the system knows a zone; it may lack names that others still use."""
    try:
        ZoneInfo(tz)
    except (KeyError, ValueError, OSError):
        return False
    return True


def to_local(moment: datetime, tz: str) -> datetime:
    """Return the naive clock time of a naive UTC instant in a zone."""
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(tz)).replace(tzinfo=None)


def to_utc(clock: datetime, tz: str) -> datetime:
    """Return the naive UTC instant of a naive clock time in a zone."""
    return clock.replace(tzinfo=ZoneInfo(tz)).astimezone(timezone.utc).replace(tzinfo=None)


def shift(anchor: datetime, count: int, unit: str, tz: str, working: WorkingTime | None = None) -> datetime:
    """Return the instant ``count`` units after ``anchor``; a negative count goes back.

    :param unit: minutes, hours, days, weeks or months
    :param working: count its time only
    :raises ValueError: unknown unit
    :raises OverflowError: the result lies outside the years 1 to 9999, or those of ``working``
    :raises NoWorkingTimeError: ``working`` has none for years
    """
    if unit in _SPANS:
        span = _SPANS[unit] * count
        return working.moment(anchor, span) if working else anchor + span
    clock = to_local(anchor, tz)
    day = shift_day(clock.date(), count, unit, working)
    if day == clock.date():
        return anchor  # also where DST repeats the hour
    return to_utc(datetime.combine(day, clock.time().replace(fold=0)), tz)


def shift_day(day: date, count: int, unit: str, working: WorkingTime | None = None) -> date:
    """Return the day ``count`` units after ``day``; a negative count goes back.

    :param unit: days, weeks or months
    :param working: count its days only, and never end on another
    :raises: as :func:`shift`
    """
    if unit not in _CALENDAR:
        raise ValueError(f"unknown unit {unit!r}")
    if working and unit == "days":
        return working.day(day, count)
    try:
        landed = day + relativedelta(**{unit: count})
    except ValueError as error:  # relativedelta's way of leaving the calendar
        raise OverflowError(str(error)) from error
    return working.nearest(landed, back=count < 0) if working else landed


def step_due_at(
    *,
    started_at: datetime,
    previous_at: datetime,
    date_at: datetime | None,
    origin: str,
    count: int,
    unit: str,
    tz: str,
    working: WorkingTime | None = None,
) -> datetime:
    """Return when a step is due; a time in the past means immediately.

    :param origin: what the delay counts from: ``start`` of the run, end of the ``previous``
        step, or the ``date`` that started the run (its start, for a run without one)
    :raises: as :func:`shift`
    """
    anchor = {"start": started_at, "previous": previous_at, "date": date_at}[origin]
    return shift(anchor or started_at, count, unit, tz, working)


def is_overtaken(due_at: datetime, next_due_at: datetime, now: datetime) -> bool:
    """Return whether a reminder is so late, after an outage, that the next one is closer than its own time.

    Reminders meant for the same day do not overtake each other.

    :param due_at: naive UTC, when it should have been sent
    :param next_due_at: naive UTC, when the next one is to be sent
    """
    apart = next_due_at - due_at
    return apart >= timedelta(days=1) and now - due_at > apart / 2


def is_late(moment: datetime, *, now: datetime, late_days: int, tz: str) -> bool:
    """Return whether an event due at a moment is found too late.

    What is found on the same day of that zone is never late: with 0 days, only that day counts.

    :param moment: naive UTC
    :param late_days: in 24 hours, after which it is too late
    """
    passed = now - moment
    if passed / timedelta(days=1) <= late_days:
        return False
    return passed > _LONGEST_DAY or to_local(now, tz).date() != to_local(moment, tz).date()


def is_about_past(due_at: datetime, date_at: datetime, now: datetime, tz: str) -> bool:
    """Return whether a message announcing a date ("is due soon") would be sent after that day.

    :param due_at: naive UTC, when it should have been sent
    :param date_at: naive UTC, when the date is reached
    :param tz: the zone whose days count
    """
    return due_at <= date_at and to_local(now, tz).date() > to_local(date_at, tz).date()


@dataclass(frozen=True)
class DateRule:
    """A rule's "n units before or after a date": all that determines its due time.

    A later date never falls due before an earlier one, except that datetimes moved by days,
    weeks or months may change places within the day they land on: 28 January 23:00 and
    31 January 01:00 both become 28 February.

    :param count: signed; negative is before the date
    :param hour: the hour at which a plain date counts as reached, 0 to 23
    :param working: count its time only
    """

    count: int
    unit: str
    tz: str
    hour: int = 0
    working: WorkingTime | None = None

    def due_at(self, value: date | datetime) -> datetime:
        """Return the instant at which a record with this date is due.

        :param value: a date, or a naive UTC datetime
        :raises: as :func:`shift`
        """
        return shift(self.instant(value), self.count, self.unit, self.tz, self.working)

    def instant(self, value: date | datetime) -> datetime:
        """Return the instant at which a date itself is reached: its hour in the rule's zone.

        :raises OverflowError: it is outside the years 1 to 9999 in UTC
        """
        if isinstance(value, datetime):
            return value
        return to_utc(datetime.combine(value, time(self.hour)), self.tz)

    def verdict(self, value: date | datetime, *, now: datetime, late_days: int, since: datetime | None = None) -> str:
        """Return whether a date's time is ``AHEAD``, has come (``DUE``), or is missed (``LATE``).

        A date may be set after its due time, like a contract entered ten days before its end under a rule of thirty
        days: then lateness counts from the date itself.

        :param now: naive UTC
        :param late_days: how many days after the later of date and due time is too late, as of :func:`is_late`
        :param since: naive UTC; what was due before is ``HISTORY``, as of :meth:`counts_from`
        :raises NoWorkingTimeError: the working calendar has none for years
        """
        try:
            instant, due_at = self.instant(value), self.due_at(value)
        except OverflowError:  # beyond the calendar: never due
            return AHEAD
        if due_at > now:
            return AHEAD
        if since and due_at < self.counts_from(type(value), since):
            return HISTORY
        return LATE if is_late(max(due_at, instant), now=now, late_days=late_days, tz=self.tz) else DUE

    def counts_from(self, kind: type, since: datetime) -> datetime:
        """Return from which instant on due dates count, for a start at ``since``: for dates without a time, the
        whole day counts.

        :param kind: ``date`` or ``datetime``
        :param since: naive UTC
        """
        if issubclass(kind, datetime):
            return since
        return to_utc(datetime.combine(to_local(since, self.tz).date(), time()), self.tz)

    def is_exact(self, kind: type) -> bool:
        """Return whether :meth:`window` contains only what is due in it."""
        return kind is date or self.unit in _SPANS or not (self.count or self.working)

    def window(self, kind: type[Moment], after: datetime, until: datetime) -> tuple[Moment, Moment]:
        """Return the first and last value due from ``after`` to ``until``, both included.

        The bounds let an index on the plain column answer "what is due?". The window is empty (first > last) if
        nothing can be due. Unless it :meth:`is_exact`, it contains everything due on the days of ``after`` and
        ``until``.

        :param kind: ``date`` or ``datetime``, the type of the column
        :raises NoWorkingTimeError: the working calendar has none for years
        """
        if self.is_exact(kind):
            first = self._get_last(kind, after, lambda due: due < after)
            return first + _tick(kind), self._get_last(kind, until, lambda due: due <= until)
        days = [to_local(moment, self.tz).date() for moment in (after, until)]
        first = self._get_last(kind, after, lambda due: to_local(due, self.tz).date() < days[0])
        return first + _tick(kind), self._get_last(kind, until, lambda due: to_local(due, self.tz).date() <= days[1])

    def window_anywhere(self, kind: type[Moment], after: datetime, until: datetime) -> tuple[Moment, Moment]:
        """Return a window that contains what is due in any record's zone, from the day of ``after`` there.

        :param kind: as for :meth:`window`, whose window is never wider
        """
        after, until = after - _APART - _LONGEST_DAY, until + _APART
        windows = [replace(self, tz=tz).window(kind, after, until) for tz in (_EARLIEST, _LATEST)]
        return min(first for first, _last in windows), max(last for _first, last in windows)

    def _get_last(self, kind: type[Moment], target: datetime, holds: Callable[[datetime], bool]) -> Moment:
        """Return the last value whose due time ``holds``, the first of all if none does.

        A bisection that starts where plain counting back leads.
        """
        guess, tick = self._guess(kind, target), _tick(kind)
        low, high = self._reach(guess, -1, holds), self._reach(guess, 1, holds)
        while high - low > tick:
            middle = low + (high - low) // 2
            if isinstance(middle, datetime):
                middle = middle.replace(microsecond=0)
            if self._holds(middle, holds):
                low = middle
            else:
                high = middle
        return low

    def _guess(self, kind: type[Moment], target: datetime) -> Moment:
        try:
            return _as(kind, shift(target, -self.count, self.unit, self.tz, self.working))
        except OverflowError:
            return _as(kind, datetime.min if self.count > 0 else datetime.max)

    def _reach(self, guess: Moment, sign: int, holds: Callable[[datetime], bool]) -> Moment:
        """Return a value before which, or from which on (``sign``), the answer is known."""
        distance = _REACH
        while True:
            try:
                value = guess + sign * distance
            except OverflowError:
                return _as(type(guess), datetime.min if sign < 0 else datetime.max)
            if self._holds(value, holds) == (sign < 0):
                return value
            distance *= 2

    def _holds(self, value: date | datetime, holds: Callable[[datetime], bool]) -> bool:
        try:
            return holds(self.due_at(value))
        except OverflowError:  # before the first supported day, or after the last
            return self.count < 0


def _tick(kind: type[Moment]) -> timedelta:
    """The resolution of a column: days for a date, seconds for Odoo's datetimes."""
    return timedelta(days=1) if kind is date else timedelta(seconds=1)


def _as(kind: type[Moment], moment: datetime) -> Moment:
    return moment.date() if kind is date else moment.replace(microsecond=0)  # type: ignore[return-value]  # of that kind
