"""Whether an event on a record is news: the time when it happened counts, not when it is recorded."""

from datetime import datetime

from .schedule import DUE, HISTORY, LATE, is_late


def judge(at: datetime | None, *, now: datetime, since: datetime, late_days: int, tz: str) -> str:
    """Return whether an event is news (``DUE``), recorded too late (``LATE``), or past (``HISTORY``).

    :param at: naive UTC, when it happened; None is now
    :param now: naive UTC
    :param since: naive UTC, start of the time that counts
    :param late_days: as of :func:`is_late`
    """
    if at is None:
        return DUE
    if at < since:
        return HISTORY
    return LATE if is_late(at, now=now, late_days=late_days, tz=tz) else DUE


def says_it_now(words: str, text: str, before: str | None) -> bool:
    """Return whether a text contains the required words and did not before. Case-insensitive.

    :param before: the previous text, None if it is new
    """
    words = words.casefold()
    return words in text.casefold() and (before is None or words not in before.casefold())
