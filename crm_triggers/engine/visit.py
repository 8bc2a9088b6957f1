"""Who opened a link of ours: the traces that tell people from machines."""

from datetime import datetime, timedelta

from .signal import DOUBTFUL, HUMAN, MACHINE

SCAN = timedelta(seconds=60)  # scanners of mail servers open links before the recipient sees the email


def judge_visit(*, is_robot: bool, at: datetime, sent_at: datetime | None) -> str:
    """Return who acted: a machine by its own account, in doubt right after the link was sent, else a person.

    :param is_robot: the program says that it is a robot
    :param at: naive UTC, when the link was opened
    :param sent_at: naive UTC, when it was last sent; None if it is not known
    """
    if is_robot:
        return MACHINE
    if sent_at is not None and timedelta() <= at - sent_at < SCAN:
        return DOUBTFUL
    return HUMAN
