"""How often, and after what delay, a failed execution is retried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .states import ERROR

# Delays before the second, third, … try: long enough for a lock or a restart to pass, then for a person to fix a
# template, and never more than a day apart.
BACKOFF_MINUTES = (1, 5, 30, 240, 1440)
MAX_ATTEMPTS = len(BACKOFF_MINUTES) + 1

# A worker may be killed by chance, for instance by a deployment, but hardly three times during the same step.
MAX_INTERRUPTIONS = 3

# A batch interrupted as a whole is retried in this many parts. With more parts, fewer workers are lost to the
# killing one; with fewer, the innocent ones are done sooner: see ADR 014.
PARTS = 8
CROWDED = 4  # those never interrupted go first if they are at least one in so many

# A rule whose last executions all failed is broken, not unlucky: it is paused.
FAILURES_TO_PAUSE = 10


@dataclass(frozen=True)
class Interruption:
    """How a worker was last interrupted at an execution."""

    count: int  # how often in total; an interruption in a batch counts once, however often
    size: int  # how many were processed together; 1: it was alone


def choose_next(claimed: Sequence[int], interruptions: Mapping[int, Interruption]) -> Sequence[int]:
    """Return what to process next of a worker's claim, so that executions that kill workers do not affect others,
    and those that were only in the same batch wait for few tries.

    First those never interrupted, unless they are so few beside the rest that it would be done in tiny batches;
    then those interrupted least often and in the biggest batch, an eighth of that batch at a time; last those
    interrupted alone.

    :param claimed: ids of executions, in the order in which they are due
    :param interruptions: of those at which workers were interrupted, and no others
    :return: ids, in the same order; none only if nothing is claimed. An execution interrupted alone
    ``MAX_INTERRUPTIONS`` times, or once less if it was also interrupted in a batch, is not to be tried any more,
    and is returned alone
    """
    unsuspected = [one for one in claimed if one not in interruptions]
    if CROWDED * len(unsuspected) >= len(claimed):
        return unsuspected
    likely = min(interruptions.values(), key=lambda last: (last.count, -last.size))
    alike = [one for one in claimed if interruptions.get(one) == likely]
    return alike[: max(1, likely.size // PARTS)]


def keeps_failing(last_states: Sequence[str]) -> bool:
    """Return whether a rule has to be paused.

    :param last_states: how its latest executions ended, without skipped and cancelled ones; at most
    ``FAILURES_TO_PAUSE``
    """
    return len(last_states) >= FAILURES_TO_PAUSE and set(last_states) == {ERROR}


def next_try_at(attempts: int, failed_at: datetime) -> datetime | None:
    """Return when to retry after ``attempts`` failures, or None to give up.

    :param attempts: >= 1, tries so far, including the one that just failed
    :param failed_at: naive UTC
    :return: naive UTC, or None after the last try
    :raises ValueError: no try was made yet
    """
    if attempts < 1:
        raise ValueError(f"attempts counts the failed try, it cannot be {attempts}")
    if attempts >= MAX_ATTEMPTS:
        return None
    return failed_at + timedelta(minutes=BACKOFF_MINUTES[attempts - 1])
