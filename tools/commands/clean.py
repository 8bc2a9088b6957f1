"""./dev clean: stop everything and remove what ./dev created."""

import os
import shutil
from argparse import Namespace
from pathlib import Path

from .. import database, paths, postgres
from ..console import say
from . import stop


def _drop_external() -> None:
    """On a server that is not ours, drop the databases only."""
    if postgres.is_external() and postgres.binary_folder():
        say(f"  dropping our databases on {os.environ['PGHOST']}")
        database.drop_all()


def _remove_socket_folder() -> None:
    note = paths.POSTGRES / "socket-folder"
    if note.exists():
        shutil.rmtree(Path(note.read_text(encoding="utf-8")), ignore_errors=True)


def run(options: Namespace) -> None:
    """Stop the processes and remove ``.dev/``, listing its parts."""
    stop.run(options)
    _drop_external()
    _remove_socket_folder()
    say(f"  removing {paths.STATE}: {', '.join(sorted(path.name for path in paths.STATE.iterdir()))}")
    shutil.rmtree(paths.STATE)
