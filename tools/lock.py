"""One ./dev at a time may change ``.dev/``."""

import fcntl
import os
from contextlib import contextmanager

from . import paths
from .console import say


@contextmanager
def locked(command):
    """Hold the project's lock; wait, saying so, while another ./dev holds it.

    The kernel drops the lock with the process, so that a killed ./dev leaves nothing to clean up.
    Child processes don't inherit it: Python opens files as not inheritable.
    """
    paths.STATE.mkdir(exist_ok=True)
    with paths.LOCK.open("a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            say(f"  ... waiting for another ./dev to end ({stream.read().strip() or 'just started'})")
            fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        stream.truncate()
        stream.write(f"./dev {command}, process {os.getpid()}\n")
        stream.flush()
        yield
        # `clean` removes the file while holding it: nothing must be written after this point.
