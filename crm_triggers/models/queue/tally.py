"""What workers did, as lines of the server log."""

import logging
from math import inf
from time import monotonic

_logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0  # minimum time between two lines of one process and database


class Tally:
    """Counts the batches since the last line of the server log: one line per batch, at most one per minute.

    Nothing is logged while nothing is due. What is not logged yet is added to the next line.
    """

    def __init__(self):
        self.told_at = -inf
        self._begin()

    def _begin(self):
        self.batches, self.steps, self.seconds = 0, 0, 0.0

    def note(self, steps, seconds):
        """Count a committed batch, and write a line unless one was just written.

        :param int steps: number of executions
        :param float seconds: duration of the batch
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
