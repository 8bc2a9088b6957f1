"""The order of the steps of a rule, and which follows which.

A step's key is ``(sequence, number)``: its position, and its id as tie-breaker.
"""

from collections.abc import Iterable

Key = tuple[int, int]


def in_order(steps: Iterable[Key]) -> list[Key]:
    """Return the steps in the order in which a run executes them."""
    return sorted(steps)


def following(steps: Iterable[Key], after: Key | None = None) -> list[Key]:
    """Return the steps that come after one, in order; all without one.

    :param after: need not be among the steps: it may be deleted, or of another kind
    """
    return [step for step in in_order(steps) if after is None or step > after]


def next_step(steps: Iterable[Key], after: Key | None = None) -> Key | None:
    """Return the step that follows one, the first without one; None at the end."""
    return next(iter(following(steps, after)), None)


def ahead(steps: Iterable[Key], planned: Iterable[Key]) -> list[Key]:
    """Return the steps after all those planned for a run, in order."""
    return following(steps, max(planned, default=None))
