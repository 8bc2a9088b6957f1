"""What workers did, told in the log."""

import logging
from math import inf
from time import monotonic

_logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0  # between two lines of one process on one database


class Tally:
    """The batches that were carried out since the last line: one line a batch, and one a minute at most.

    Nothing is said while nothing is due. What is not told yet is told with what comes next.
    """

    def __init__(self):
        self.told_at = -inf
        self._begin()

    def _begin(self):
        self.batches, self.steps, self.seconds = 0, 0, 0.0

    def note(self, steps, seconds):
        """Count a batch that is committed, and write a line unless there was one just now.

        :param int steps: how many executions
        :param float seconds: how long it took
        """
        self.batches += 1
        self.steps += steps
        self.seconds += seconds
        if monotonic() - self.told_at >= PAUSE_SECONDS:
            text = "Carried out %s step(s) of triggers in %s batch(es), %.2f s"
            _logger.info(text, self.steps, self.batches, self.seconds)
            self.told_at = monotonic()
            self._begin()


_TALLIES: dict[str, Tally] = {}


def get_tally(dbname):
    """Return the tally of this process for a database."""
    return _TALLIES.setdefault(dbname, Tally())
