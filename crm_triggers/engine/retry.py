"""How often, and how much later, a failed execution is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .states import ERROR

# Waits before the second, third, … try: long enough for a lock or a restart to pass, then
# for a person to mend a template, and never more than a day apart.
BACKOFF_MINUTES = (1, 5, 30, 240, 1440)
MAX_ATTEMPTS = len(BACKOFF_MINUTES) + 1

# A worker may be killed by chance, by a deployment for instance, but hardly three times while
# doing the same step.
MAX_INTERRUPTIONS = 3

# What was interrupted together is tried again in so many parts. More parts find what kills with
# fewer workers lost, fewer parts are done sooner with what is innocent: see ADR 014.
PARTS = 8
CROWDED = 4  # so many times what is unsuspected is under suspicion

# A rule none of whose last executions went well is broken, not unlucky: it is paused.
FAILURES_TO_PAUSE = 10


@dataclass(frozen=True)
class Interruption:
    """How a worker was last interrupted at an execution."""

    count: int  # how often in all; being one of several counts once, however often
    size: int  # how many were being done together; 1: it was alone


def choose_next(claimed: Sequence[int], interruptions: Mapping[int, Interruption]) -> Sequence[int]:
    """Return what to do next of what a worker has claimed, so that what kills workers takes
    nothing else along, and what was only near it waits for few tries.

    First what is under no suspicion, unless it is so little beside the rest that it would be done
    in dribs and drabs; then what was interrupted least often and in the biggest company, an eighth
    of that company at a time; last what was interrupted alone.

    :param claimed: ids of executions, due first comes first
    :param interruptions: for those of them at which workers were interrupted, and for no others
    :return: ids, in the same order; none only when nothing is claimed. Interrupted alone
        ``MAX_INTERRUPTIONS`` times, or one time less after having been so with others: not to be
        tried any more, and returned alone
    """
    unsuspected = [one for one in claimed if one not in interruptions]
    if CROWDED * len(unsuspected) >= len(claimed):
        return unsuspected
    likely = min(interruptions.values(), key=lambda last: (last.count, -last.size))
    alike = [one for one in claimed if interruptions.get(one) == likely]
    return alike[: max(1, likely.size // PARTS)]


def keeps_failing(last_states: Sequence[str]) -> bool:
    """Tell whether a rule has to be paused.

    :param last_states: how its latest executions ended, skipped and cancelled ones left out;
        ``FAILURES_TO_PAUSE`` of them or less
    """
    return len(last_states) >= FAILURES_TO_PAUSE and set(last_states) == {ERROR}


def next_try_at(attempts: int, failed_at: datetime) -> datetime | None:
    """Return when to try again after ``attempts`` failures, or None to give up.

    :param attempts: >= 1, tries made so far, the one that just failed included
    :param failed_at: naive UTC
    :return: naive UTC, or None after the last try
    :raises ValueError: no try was made yet
    """
    if attempts < 1:
        raise ValueError(f"attempts counts the failed try, it cannot be {attempts}")
    if attempts >= MAX_ATTEMPTS:
        return None
    return failed_at + timedelta(minutes=BACKOFF_MINUTES[attempts - 1])
