"""What the tools say: steps with their duration, and problems with their cure."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Problem(Exception):
    """Something the person at the keyboard can cure.

    :param str message: what is wrong, one or more lines
    :param str cure: what to do about it, shown on its own line
    """

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.cure = cure


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def show_problem(problem: Problem) -> None:
    """Print a problem and its cure on standard error."""
    sys.stdout.flush()
    print(f"\ndev: {problem}", file=sys.stderr)
    if problem.cure:
        print(f"     Cure: {problem.cure}", file=sys.stderr)


@contextmanager
def step(label: str) -> Iterator[None]:
    """Say what is being done and, when it ended, how long it took.

    Two whole lines rather than one that is completed later: readable in CI logs, when the step itself prints, and when
    steps go side by side.
    """
    say(f"  ... {label}")
    start = time.monotonic()
    yield
    say(f"      {time.monotonic() - start:.1f} s: {label}")
