"""Databases with their filestores: built under a temporary name, stamped, cloned, dropped."""

import hashlib
import os
import shutil
from collections.abc import Callable

from . import paths, postgres
from .postgres import sql


def name(kind: str) -> str:
    """Return the name of the database of a kind ("demo", "base" …).

    On a shared server, the project's folder distinguishes clones of the project.
    """
    if not postgres.is_external():
        return kind
    return f"crm_triggers_{hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:6]}_{kind}"


def of_worker(database: str, worker: str) -> str:
    """Return the name of the copy of a database for one test worker ("gw0", "gw1" …)."""
    return f"{database}_{worker}"


def exists(database: str) -> bool:
    """Return whether a database exists."""
    return bool(sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))  # a name of ours # nosec B608


def stamp(database: str) -> str | None:
    """Return the stamp with which a database was built, or None. It is stored as the database's comment."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = "
    return next(iter(sql(f"{query}'{database}'")), None)


def set_stamp(database: str, value: str) -> None:
    """Stamp a database."""
    sql(f"COMMENT ON DATABASE \"{database}\" IS '{value}'")


def drop(database: str) -> None:
    """Drop a database and its filestore, if they exist."""
    sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(paths.FILESTORE / database, ignore_errors=True)


def clone(source: str, target: str) -> None:
    """Copy a database; the filestore by hard links, as Odoo never rewrites a file in it."""
    drop(target)
    sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    if (paths.FILESTORE / source).exists():
        shutil.copytree(paths.FILESTORE / source, paths.FILESTORE / target, copy_function=os.link)


def _rename(source: str, target: str) -> None:
    drop(target)
    sql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
    if (paths.FILESTORE / source).exists():
        (paths.FILESTORE / source).rename(paths.FILESTORE / target)


def build(database: str, value: str, builder: Callable[[str], None]) -> bool:
    """Build ``database`` unless it has the stamp ``value``; a failed or interrupted build keeps the old one.

    :param builder: called with the name to build under
    :return: whether it was built
    """
    if exists(database) and stamp(database) == value:
        return False
    building = f"{database}_building"
    drop(building)
    builder(building)
    _rename(building, database)
    set_stamp(database, value)
    return True


def drop_all() -> None:
    """Drop every database of this project from a server that is not ours."""
    prefix = name("").replace("_", r"\_")
    for database in sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}%'"):  # a name of ours # nosec B608
        drop(database)
