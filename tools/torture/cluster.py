"""A PostgreSQL server for one check, which can stop it without affecting others."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .. import paths, postgres
from ..process import run

_SETTINGS = f"listen_addresses=''\nport={postgres.PORT}\nfsync=off\n"


class Cluster:
    """A server in a separate folder, reached through a socket in it."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self._prefix = postgres.as_unprivileged(self.folder)

    def create(self) -> None:
        """Create the empty data folder."""
        options = ["-N", "-U", "odoo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D", self.data]
        self._run("initdb", *options)
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as stream:
            stream.write(_SETTINGS)

    def start(self) -> None:
        """Start it and wait until it responds."""
        options = ["-s", "-w", "-D", self.data, "-l", self.folder / "server.log", "-o", f"-k '{self.folder}'", "start"]
        self._run("pg_ctl", *options)

    def stop(self, how: signal.Signals) -> None:
        """Stop it and wait until it has ended.

        :param how: ``signal.SIGINT`` rolls transactions back (fast); ``signal.SIGQUIT`` is a crash (immediate)
        """
        if pid := postgres.process_id(self.data):
            os.kill(pid, how)
        while postgres.process_id(self.data):
            time.sleep(0.05)

    def _run(self, name: str, *arguments: object) -> None:
        run([*self._prefix, postgres.binary(name), *arguments], label=name, log=paths.log_file("torture-postgres"))


@contextmanager
def own(source: str) -> Iterator[Cluster]:
    """Yield a running :class:`Cluster` with a copy of a database under the same name, used by this process and its
    children within the block.
    """
    cluster = Cluster(tempfile.mkdtemp(prefix="crm_triggers_pg_"))
    names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
    before = {name: os.environ.get(name) for name in names}
    dump = cluster.folder / "dump.sql"
    try:
        log = paths.log_file("torture-postgres")
        run([postgres.binary("pg_dump"), "-d", source, "-f", dump], label="pg_dump", log=log)
        cluster.create()
        cluster.start()
        os.environ.update(PGHOST=str(cluster.folder), PGPORT=postgres.PORT, PGUSER="odoo")
        postgres.sql(f'CREATE DATABASE "{source}"')
        run([postgres.binary("psql"), "-X", "-q", "-d", source, "-f", dump], label="psql", log=log)
        postgres.sql("ANALYZE", source)
        yield cluster
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        cluster.stop(signal.SIGQUIT)
        shutil.rmtree(cluster.folder, ignore_errors=True)
