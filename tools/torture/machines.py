"""Several Odoo servers on one database, each as a separate machine, and the load balancer before them."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import socketserver
import subprocess
import threading

from .. import odoo, paths, ports

_HOST = "127.0.0.1"
# A job runs for half of it, so that there are many.
_CPU_SECONDS = 8


class Machine:
    """An Odoo server with HTTP workers, a cron worker and a job runner, all in one process group."""

    def __init__(self, name: str, database: str, balancer_port: int) -> None:
        self.port = ports.choose()
        log = paths.log_file(f"torture-machine-{name}")
        settings = {
            "load": "base,rpc,web,queue_job",
            "workers": 2,
            "max-cron-threads": 1,
            "limit-time-cpu": _CPU_SECONDS,
            "http-port": self.port,
            "gevent-port": ports.choose(),
            "logfile": log,
        }
        log.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            odoo.command("server", "-d", database, *(f"--{key}={value}" for key, value in settings.items())),
            env={
                **os.environ,
                "ODOO_QUEUE_JOB_CHANNELS": "root:4",
                "ODOO_QUEUE_JOB_HOST": _HOST,
                "ODOO_QUEUE_JOB_PORT": str(balancer_port),
                "NO_PROXY": _HOST,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def answers(self) -> bool:
        """Return whether it accepts requests."""
        with contextlib.suppress(OSError), socket.create_connection((_HOST, self.port)):
            return True
        return False

    @property
    def pid(self) -> int:
        """The id in the names of its connections to PostgreSQL, whichever of its processes opened them."""
        return self._process.pid

    def kill(self) -> None:
        """Kill all its processes at once, as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Balancer(socketserver.ThreadingTCPServer):
    """Passes each connection to the next machine that accepts it."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self) -> None:
        super().__init__((_HOST, 0), _Handover)
        self.port = self.server_address[1]
        self.ports: list[int] = []
        self.turns = itertools.count()

    def __enter__(self) -> Balancer:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()


class _Handover(socketserver.BaseRequestHandler):
    server: Balancer

    def handle(self) -> None:
        request = self.request.recv(65536)  # the runner sends requests without a body
        for _machine in self.server.ports:
            port = self.server.ports[next(self.server.turns) % len(self.server.ports)]
            with contextlib.suppress(OSError), socket.create_connection((_HOST, port)) as machine:
                machine.sendall(request)
                while answer := machine.recv(65536):
                    self.request.sendall(answer)
                return
