"""How often, and how much later, a failed execution is tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from .states import ERROR

# Waits before the second, third, … try: long enough for a lock or a restart to pass, then
# for a person to mend a template, and never more than a day apart.
BACKOFF_MINUTES = (1, 5, 30, 240, 1440)
MAX_ATTEMPTS = len(BACKOFF_MINUTES) + 1

# A worker may be killed by chance, by a deployment for instance, but hardly three times while
# doing the same step.
MAX_INTERRUPTIONS = 3

# A rule none of whose last executions went well is broken, not unlucky: it is paused.
FAILURES_TO_PAUSE = 10


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
