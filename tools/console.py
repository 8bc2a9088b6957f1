"""Output of the tools: steps with their duration, and problems with their fix."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Problem(Exception):
    """Something the user can fix.

    :param str message: the problem, one or more lines
    :param str cure: how to fix it, shown on a separate line
    """

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.cure = cure


def say(text: str = "") -> None:
    """Print a line immediately, also into a pipe."""
    print(text, flush=True)


def show_problem(problem: Problem) -> None:
    """Print a problem and its fix on standard error."""
    sys.stdout.flush()
    print(f"\ndev: {problem}", file=sys.stderr)
    if problem.cure:
        print(f"     Fix: {problem.cure}", file=sys.stderr)


@contextmanager
def step(label: str) -> Iterator[None]:
    """Print what is being done and, at its end, the duration.

    Two whole lines rather than one completed later: readable in CI logs, when the step itself prints, and when
    steps run in parallel.
    """
    say(f"  ... {label}")
    start = time.monotonic()
    yield
    say(f"      {time.monotonic() - start:.1f} s: {label}")
