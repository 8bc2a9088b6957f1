"""A real Odoo with worker processes, on a check's database."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .. import odoo, paths, ports, postgres
from ..console import Problem
from ..process import try_run

_JOBS = ("crm_triggers.ir_cron_execute", "crm_triggers.ir_cron_sweep", "mail.ir_cron_mail_scheduler_action")


@contextmanager
def running(database: str, *options: str, cron_workers: int = 1) -> Iterator[int]:
    """Run Odoo in the background, as a service that restarts its dead workers; yield its port."""
    port = ports.choose()
    chosen = ["--http-port", str(port), "--gevent-port", str(ports.choose())]
    workers = ["--workers=2", f"--max-cron-threads={cron_workers}"]
    log = paths.log_file("torture-server")
    log.unlink(missing_ok=True)
    command = odoo.command("server", "-d", database, *chosen, *workers, "--logfile", str(log), *options)
    with paths.log_file("torture-server-output").open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, start_new_session=True)
    try:
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # what it did not commit does not count
        process.wait()


def poke(database: str) -> None:
    """Make the scheduled actions run now: Odoo itself checks only once a minute."""
    names = ", ".join(f"'{job}'" for job in _JOBS)
    statement = (
        "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT res_id, now() at time zone 'UTC' FROM ir_model_data"  # nosec B608: our own words
        f" WHERE module || '.' || name IN ({names})"
    )
    _try_sql(statement, database)
    _try_sql(f"NOTIFY cron_trigger, '{database}'")  # Odoo's workers listen in that database


def _try_sql(statement: str, database: str = "postgres") -> str | None:
    """Return the result; None while PostgreSQL is not running."""
    return try_run([postgres.binary("psql"), "-X", "-A", "-t", "-q", "-d", database, "-c", statement])


def wait(database: str, done: Callable[[], object], *, seconds: float = 600, what: str) -> None:
    """Poke until ``done()``.

    :raises Problem: it took longer than that
    """
    deadline = time.monotonic() + seconds
    poked = 0.0
    while not done():
        if time.monotonic() > deadline:
            raise Problem(f"timed out after {seconds} s, waiting for: {what}", "look at .dev/log/torture-server.log")
        if time.monotonic() > poked + 3:
            poke(database)
            poked = time.monotonic()
        time.sleep(0.1)


def count(database: str, state: str) -> int:
    """Return how many executions are in a state; -1 while PostgreSQL does not respond."""
    answer = _try_sql(f"SELECT count(*) FROM crm_trigger_execution WHERE state = '{state}'", database)  # nosec B608: our own words
    return int(answer) if answer else -1


def work_off(database: str, *, seconds: float = 600) -> None:
    """Poke until nothing is planned any more."""
    wait(database, lambda: count(database, "scheduled") == 0, seconds=seconds, what="all steps done")
