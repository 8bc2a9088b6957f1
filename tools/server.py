"""The demo server: a background process with a state file, recognised and stopped only if it is ours."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import odoo, paths, ports, postgres
from .console import Problem

DEFAULT_PORT = 8169
START_SECONDS = 90
State = dict[str, int]  # pid and port


def wanted_port() -> int:
    """Return the port to listen on: PORT, else 8169."""
    text = os.environ.get("PORT", str(DEFAULT_PORT))
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"PORT={text} is not a port number", f"unset PORT, or set one like {DEFAULT_PORT}")
    return int(text)


def running() -> State | None:
    """Return {"pid": int, "port": int} of our running server, or None.

    Ours is a process whose command line names this project's configuration file.
    """
    try:
        state: State = json.loads(paths.SERVER.read_text(encoding="utf-8"))
        arguments = Path(f"/proc/{state['pid']}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return state if os.fsencode(paths.CONFIG) in arguments else None


def url(state: State, path: str = "/odoo") -> str:
    """Return an address of the running server."""
    return f"http://127.0.0.1:{state['port']}{path}"


def check_port(port: int) -> None:
    """Raise a problem that names the process if the port is taken."""
    if not ports.is_free(port):
        raise Problem(
            f"port {port} is taken by {ports.owner(port)}", f"stop it, or choose another: PORT={port + 1} ./dev demo"
        )


def _get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:  # our own server # nosec B310
        page: bytes = answer.read()
    return page.decode("utf-8", "replace")


def _wait(process: subprocess.Popen[bytes], state: State, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            return _get(url(state, "/web/login"))
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    stop()
    raise Problem(f"the server does not answer on port {state['port']}; the end of {log}:\n{tail}")


def start(database: str) -> State:
    """Start the server in the background and wait until it responds; return its state."""
    port = wanted_port()
    check_port(port)
    log = paths.log_file("server")
    arguments = ["-d", database, "--http-port", str(port), "--no-database-list", "--logfile", str(log)]
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            odoo.command("server", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,  # a Ctrl-C in this terminal must not end it
        )
    state = {"pid": process.pid, "port": port}
    paths.SERVER.write_text(json.dumps(state), encoding="utf-8")
    page = _wait(process, state, log)
    for asset in sorted(set(re.findall(r"/web/assets/[^\"]+", page))):
        _get(url(state, asset))  # one by one, for the reason given in odoo.warm_assets
    # Odoo's cron threads wait a minute before their first run; due steps should be done when the page is opened.
    postgres.sql(f"NOTIFY cron_trigger, '{database}'")
    return state


def stop() -> bool:
    """Stop our server, if it runs; return whether it ran."""
    state = running()
    if not state:
        return False
    os.kill(state["pid"], signal.SIGTERM)
    for tenths in range(150):
        if not running():
            break
        if tenths == 100:
            os.kill(state["pid"], signal.SIGKILL)  # a hanging cron thread: Odoo waits for it forever
        time.sleep(0.1)
    paths.SERVER.unlink(missing_ok=True)
    return True
