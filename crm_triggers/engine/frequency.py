"""How often a rule may act: the minimum interval of a record between two runs, and the maximum number of runs of
one contact in a period. All instants are naive UTC; days are those of the given zone.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from .schedule import shift, to_local, to_utc
from .states import STOP_COOLDOWN, STOP_LIMIT

_PERIODS = {"day": "days", "week": "weeks", "month": "months"}


@dataclass(frozen=True)
class Pace:
    """A rule's limits; both apply, so the stricter one decides.

    :param cooldown: minimum interval of a record after a run, 0 for none
    :param unit: of the interval: hours, days, weeks or months
    :param limit: maximum runs of one contact within the period, 0 for no limit
    :param period: day, week or month
    """

    cooldown: int
    unit: str
    limit: int
    period: str
    tz: str

    def __bool__(self) -> bool:
        return bool(self.cooldown or self.limit)

    def resting_since(self, now: datetime) -> datetime:
        """Return the instant after which a run blocks its record; ``now`` without an interval."""
        return shift(now, -self.cooldown, self.unit, self.tz)

    def rested_at(self, started_at: datetime) -> datetime:
        """Return when a record whose last run started then may have another."""
        return shift(started_at, self.cooldown, self.unit, self.tz)

    def leaves_at(self, started_at: datetime) -> datetime:
        """Return the start of the day on which a run is no longer counted.

        :raises ValueError: unknown period
        """
        day = to_local(started_at, self.tz).date()
        while self.counted_since(midnight := to_utc(datetime.combine(day, time()), self.tz)) <= started_at:
            day += timedelta(days=1)
        return midnight

    def counted_since(self, now: datetime) -> datetime:
        """Return the start of the period that ends today: today is the last of its days.

        A rolling period, unlike a week from Monday, never lets two runs follow each other on a Sunday and a Monday.

        :raises ValueError: unknown period
        """
        if self.period not in _PERIODS:
            raise ValueError(f"unknown period {self.period!r}")
        first_day = to_local(now, self.tz).date() - relativedelta(**{_PERIODS[self.period]: 1}) + timedelta(days=1)
        return to_utc(datetime.combine(first_day, time()), self.tz)


def held_back(
    entrants: Mapping[int, Hashable], *, limit: int, resting: Set[int], used: Mapping[Hashable, int]
) -> dict[int, str]:
    """Return ``{record id: reason}`` of the records that may not enter now.

    :param entrants: record id -> what the limit counts for; the first in order come first
    :param limit: maximum per counted person, 0 for no limit
    :param resting: records within their minimum interval
    :param used: runs of each counted person in the period
    """
    reasons, runs = {}, Counter(used)
    for res_id, counted in entrants.items():
        if res_id in resting:
            reasons[res_id] = STOP_COOLDOWN
        elif limit and runs[counted] >= limit:
            reasons[res_id] = STOP_LIMIT
        else:
            runs[counted] += 1
    return reasons


def take_places(entrants: Mapping[int, Hashable], reasons: Mapping[int, str]) -> dict[int, int]:
    """Return ``{record id: place}`` of the records that may enter, in the queue of what they count for.

    Two concurrent batches take the same places for one person, whoever else is in them.

    :param entrants: record id -> what it counts for, in order of entry
    :param reasons: of those that may not enter (:func:`held_back`)
    """
    places: dict[int, int] = {}
    taken: Counter[Hashable] = Counter()
    for res_id, counted in entrants.items():
        if res_id not in reasons:
            places[res_id] = taken[counted]
            taken[counted] += 1
    return places
