"""Only one ./dev at a time may change ``.dev/``; a command that uses only a part of it has a separate lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import paths
from .console import say


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock, shared with other threads and other ./dev processes."""
    with path.open("a", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def locked(command: str, path: Path = paths.LOCK) -> Iterator[None]:
    """Hold a command's lock, the project's by default; wait with a message while another ./dev holds it.

    The kernel releases the lock with the process, so that a killed ./dev leaves nothing to clean up.
    Child processes don't inherit it: Python opens files as not inheritable.
    """
    paths.STATE.mkdir(exist_ok=True)
    with path.open("a+", encoding="utf-8") as stream:
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
