"""The server of the story: on a separate port, stopped with the story."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from . import odoo, paths
from .console import Problem, step
from .torture.serving import free_port

_START_SECONDS = 90


@contextmanager
def running(database: str) -> Iterator[int]:
    """Run Odoo with all its scheduled actions; yield its port once it responds."""
    port, log = free_port(), paths.log_file("story")
    log.unlink(missing_ok=True)
    command = odoo.command("server", "-d", database, "--http-port", str(port), "--logfile", str(log))
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        with step("starting the server"):
            _wait(process, f"http://127.0.0.1:{port}/web/login")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=30):  # our own server # nosec B310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Problem("the server of the story does not answer", "look at .dev/log/story.log")
