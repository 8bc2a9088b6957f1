"""A server for what needs one: on a database and a port of its own, ended with it."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import odoo, paths, ports
from .console import Problem, step

_START_SECONDS = 90


@contextmanager
def running(database: str, log: str) -> Iterator[int]:
    """Run Odoo with all its scheduled actions; yield its port once it answers.

    :param log: name of the log file, which is begun anew
    """
    port, file = ports.choose(), paths.log_file(log)
    file.unlink(missing_ok=True)
    command = odoo.command("server", "-d", database, "--http-port", str(port), "--logfile", str(file))
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        with step("starting the server"):
            _wait(process, f"http://127.0.0.1:{port}/web/login", file)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=30):  # our own server # nosec B310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Problem("the server does not answer", f"look at {log}")
