"""A series of signals: when those of a rolling window are enough to start a rule."""

from collections import deque
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple


class Sign(NamedTuple):
    """One signal: its id, when it happened (naive UTC), and what it counts: its points, or 1 each."""

    id: int
    at: datetime
    weight: int


def find_starts(
    signs: Iterable[Sign], *, enough: int, window: timedelta, since: datetime, started: Collection[datetime]
) -> list[Sign]:
    """Return the signals at which a rule starts: those of the window that ends with each are enough.

    It starts once for a window: not if it started less than a window before or after. So the order in which signals
    become known does not matter, and reading them again starts nothing.

    :param signs: all signals from a window before the first that may start it, in any order
    :param enough: the least sum of weights
    :param since: naive UTC, earlier signals count and do not start it
    :param started: naive UTC, when the signals happened that started it before
    """
    taken, starts = list(started), []
    current: deque[Sign] = deque()
    total = 0
    for sign in sorted(signs, key=lambda one: (one.at, one.id)):
        current.append(sign)
        total += sign.weight
        while sign.at - current[0].at >= window:
            total -= current.popleft().weight
        if total >= enough and sign.at >= since and not any(abs(sign.at - at) < window for at in taken):
            taken.append(sign.at)
            starts.append(sign)
    return starts
