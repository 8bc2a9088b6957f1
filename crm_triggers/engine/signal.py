"""What can be recorded as a signal: one act of a contact. Its time, its details, and how many within an hour."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TypeVar

# Who acted.
HUMAN, DOUBTFUL, MACHINE = "human", "doubtful", "machine"
ACTORS = (HUMAN, DOUBTFUL, MACHINE)
# How the contact is known: by a login, an own link or an answer; or by an address that anyone could type.
VERIFIED, TYPED = "verified", "typed"
IDENTITIES = (VERIFIED, TYPED)

SKEW = timedelta(minutes=10)  # tolerance for the clock of another machine
OLDEST = timedelta(days=3653)  # ten years
MAX_DETAILS = 8_000  # characters of the details as JSON
MAX_HOUR = 100  # signals of one type on one record within an hour; further ones are only counted

NO_TIME, FUTURE, TOO_OLD, NO_DETAILS, TOO_LONG = "no_time", "future", "too_old", "no_details", "too_long"

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # valid in JSON, refused by PostgreSQL
_Place = TypeVar("_Place")


class SignalError(ValueError):
    """A signal that is not recorded.

    ``problem`` is one of ``NO_TIME``, ``FUTURE``, ``TOO_OLD`` (``value``: the time), ``NO_DETAILS`` (they are no JSON)
    and ``TOO_LONG`` (``value``: their length).
    """

    def __init__(self, problem: str, value: object = None):
        super().__init__(problem)
        self.problem, self.value = problem, value


def read_moment(given: datetime | str | None, now: datetime) -> datetime:
    """Return when an act happened, in naive UTC without microseconds.

    :param given: ISO 8601 or Odoo's format; naive is UTC; None is now
    :param now: naive UTC
    :raises SignalError: it is no time, in the future, or more than ten years ago
    """
    if given is None:
        return now.replace(microsecond=0)
    moment = _to_utc(given)
    if moment > now + SKEW:
        raise SignalError(FUTURE, moment)
    if moment < now - OLDEST:
        raise SignalError(TOO_OLD, moment)
    return min(moment, now).replace(microsecond=0)


def _to_utc(given: datetime | str) -> datetime:
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given.strip().replace("Z", "+00:00"))
        except ValueError as error:
            raise SignalError(NO_TIME, given) from error
    if not isinstance(given, datetime):
        raise SignalError(NO_TIME, given)
    try:
        return given.astimezone(timezone.utc).replace(tzinfo=None) if given.tzinfo else given
    except OverflowError as error:  # the first or last day of the calendar, in another zone
        raise SignalError(NO_TIME, given) from error


def check_details(details: Mapping[str, object]) -> None:
    """Check that details can be stored as JSON in PostgreSQL, and are short enough.

    :raises SignalError: they cannot, or are not
    """
    try:
        text = json.dumps(details, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:  # UnicodeEncodeError, of half a character, too
        raise SignalError(NO_DETAILS) from error
    if _NUL.search(text):
        raise SignalError(NO_DETAILS)
    if len(text) > MAX_DETAILS:
        raise SignalError(TOO_LONG, len(text))


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour of a moment."""
    return moment.replace(minute=0, second=0, microsecond=0)


def find_excess(places: Iterable[_Place], known: Mapping[_Place, int]) -> tuple[list[bool], Counter[_Place]]:
    """Return which signals of a batch exceed the number of an hour, and how many per place.

    :param places: what is bounded for each signal, in order: the record and the hour
    :param known: how many signals each place has
    """
    counts: Counter[_Place] = Counter(known)
    excess: Counter[_Place] = Counter()
    exceeds = []
    for place in places:
        counts[place] += 1
        exceeds.append(counts[place] > MAX_HOUR)
        if exceeds[-1]:
            excess[place] += 1
    return exceeds, excess
