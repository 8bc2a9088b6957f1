"""How often, and how much later, a failed execution is tried again."""

from datetime import datetime, timedelta

# Waits before the second, third, … try: long enough for a lock or a restart to pass, then
# for a person to mend a template, and never more than a day apart.
BACKOFF_MINUTES = (1, 5, 30, 240, 1440)
MAX_ATTEMPTS = len(BACKOFF_MINUTES) + 1


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
