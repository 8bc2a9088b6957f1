"""Whether what is told of a record is news: the time at which it happened counts, not that at which it is told."""

from datetime import datetime

from .schedule import DUE, HISTORY, LATE, is_late


def judge(at: datetime | None, *, now: datetime, since: datetime, late_days: int, tz: str) -> str:
    """Tell whether something is news (``DUE``), is told too late (``LATE``), or happened before (``HISTORY``).

    :param at: naive UTC, when it happened; None is now
    :param now: naive UTC
    :param since: naive UTC, from when on it counts
    :param late_days: as of :func:`is_late`
    """
    if at is None:
        return DUE
    if at < since:
        return HISTORY
    return LATE if is_late(at, now=now, late_days=late_days, tz=tz) else DUE


def says_it_now(words: str, text: str, before: str | None) -> bool:
    """Tell whether a text has the words that are waited for, and had them not before. Capitals do not matter.

    :param before: what it said until now, None if it is new
    """
    words = words.casefold()
    return words in text.casefold() and (before is None or words not in before.casefold())
