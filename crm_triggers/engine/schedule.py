"""When a step or a dated rule falls due. All instants are naive UTC; zones are IANA names.

Minutes and hours are spans of time. Days, weeks and months are moves on the calendar of the
given zone: "three days later" keeps the hour on the clock across a DST change, and a month
after 31 January is the last of February (``dateutil.relativedelta``). A clock time that DST
leaves out is read as the same span later (02:30 becomes 03:30), one that occurs twice as the
first of the two (PEP 495, ``fold=0``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TypeVar
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

Moment = TypeVar("Moment", date, datetime)

_SPANS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
_CALENDAR = ("days", "weeks", "months")
# How far clamping (31 January + 1 month) and zones can move a date away from plain arithmetic.
_SLACK = timedelta(days=5)
# Times of day make months on datetimes run backwards at a month's end: 28 January 23:00 and
# 31 January 01:00 both become 28 February. Their window is drawn this much wider.
_MONTH_SLACK = timedelta(days=4)

AHEAD, DUE, LATE = "ahead", "due", "late"


def to_local(moment: datetime, tz: str) -> datetime:
    """Return the naive clock time of a naive UTC instant in a zone."""
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(tz)).replace(tzinfo=None)


def to_utc(clock: datetime, tz: str) -> datetime:
    """Return the naive UTC instant of a naive clock time in a zone."""
    return clock.replace(tzinfo=ZoneInfo(tz)).astimezone(timezone.utc).replace(tzinfo=None)


def shift(anchor: datetime, count: int, unit: str, tz: str) -> datetime:
    """Return the instant ``count`` units after ``anchor``; a negative count goes back.

    :param unit: minutes, hours, days, weeks or months
    :raises ValueError: unknown unit
    :raises OverflowError: the result lies outside the years 1 to 9999
    """
    if unit in _SPANS:
        return anchor + _SPANS[unit] * count
    if unit not in _CALENDAR:
        raise ValueError(f"unknown unit {unit!r}")
    try:
        return to_utc(to_local(anchor, tz) + relativedelta(**{unit: count}), tz)
    except ValueError as error:  # relativedelta's way of leaving the calendar
        raise OverflowError(str(error)) from error


def step_due_at(
    *,
    started_at: datetime,
    previous_at: datetime,
    date_at: datetime | None,
    origin: str,
    count: int,
    unit: str,
    tz: str,
) -> datetime:
    """Return when a step falls due; in the past means at once.

    :param origin: what the delay counts from: ``start`` of the run, end of the ``previous``
        step, or the ``date`` that started the run (its start, for a run without one)
    """
    anchor = {"start": started_at, "previous": previous_at, "date": date_at}[origin]
    return shift(anchor or started_at, count, unit, tz)


@dataclass(frozen=True)
class DateRule:
    """A rule's "n units before or after a date": everything its due time depends on.

    :param count: signed; negative is before the date
    :param hour: the clock hour at which a plain date counts as reached, 0 to 23
    """

    count: int
    unit: str
    tz: str
    hour: int = 0

    def due_at(self, value: date | datetime) -> datetime:
        """Return the instant at which a record with this date falls due.

        :param value: a date, or a naive UTC datetime
        :raises OverflowError: the result lies outside the years 1 to 9999
        """
        return shift(self.instant(value), self.count, self.unit, self.tz)

    def instant(self, value: date | datetime) -> datetime:
        """Return the instant a date itself is reached: its hour in the rule's zone."""
        if isinstance(value, datetime):
            return value
        return to_utc(datetime.combine(value, time(self.hour)), self.tz)

    def verdict(self, value: date | datetime, *, now: datetime, late_days: int) -> str:
        """Tell whether a date's time is ``AHEAD``, has come (``DUE``), or is missed (``LATE``).

        A date may be set when its due time has passed, like a contract entered ten days
        before its end under a rule of thirty days: lateness counts from the date itself then.

        :param now: naive UTC
        :param late_days: how many days after the later of date and due time is too late
        """
        try:
            due_at = self.due_at(value)
        except OverflowError:  # beyond the calendar: never due
            return AHEAD
        if due_at > now:
            return AHEAD
        return LATE if max(due_at, self.instant(value)) < now - timedelta(days=late_days) else DUE

    def is_exact(self, kind: type) -> bool:
        """Tell whether :meth:`window` holds nothing but what falls due in it."""
        return self.unit != "months" or kind is date

    def window(self, kind: type[Moment], after: datetime, until: datetime) -> tuple[Moment, Moment]:
        """Return the first and last value falling due from ``after`` to ``until``, both included.

        The bounds let an index on the bare column answer "what is due?". The window is empty
        (first > last) when nothing can be, and wider than asked unless :meth:`is_exact`.

        :param kind: ``date`` or ``datetime``, the type of the column
        """
        first = self._last_before(kind, after, lambda due: due < after) + _tick(kind)
        last = self._last_before(kind, until, lambda due: due <= until)
        slack = timedelta(0) if self.is_exact(kind) else _MONTH_SLACK
        return first - slack, last + slack

    def _last_before(self, kind: type[Moment], target: datetime, holds: Callable[[datetime], bool]) -> Moment:
        """Return the last value whose due time ``holds``, by bisection around plain arithmetic."""
        guess = shift(target, -self.count, self.unit, self.tz)
        tick = _tick(kind)
        low, high = _as(kind, guess - _SLACK), _as(kind, guess + _SLACK)
        while high - low > tick:
            middle = low + (high - low) // 2
            middle = middle if kind is date else middle.replace(microsecond=0)
            if holds(self.due_at(middle)):
                low = middle
            else:
                high = middle
        return low


def _tick(kind: type) -> timedelta:
    """The finest step of a column: a date counts days, Odoo's datetimes count seconds."""
    return timedelta(days=1) if kind is date else timedelta(seconds=1)


def _as(kind: type[Moment], moment: datetime) -> Moment:
    return moment.date() if kind is date else moment.replace(microsecond=0)
