"""Databases with their filestores: built under another name first, stamped, cloned, dropped."""

import hashlib
import os
import shutil
from collections.abc import Callable

from . import paths, postgres
from .postgres import sql


def name(kind: str) -> str:
    """Return the name of the database of a kind ("demo", "base" …).

    On a server that others use as well, the project's folder tells two clones of the project apart.
    """
    if not postgres.is_external():
        return kind
    return f"crm_triggers_{hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:6]}_{kind}"


def of_worker(database: str, worker: str) -> str:
    """Return the name of the copy that one of the tests' workers ("gw0", "gw1" …) has of a database."""
    return f"{database}_{worker}"


def exists(database: str) -> bool:
    """Tell whether a database is there."""
    return bool(sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))  # a name of ours # nosec B608


def stamp(database: str) -> str | None:
    """Return the stamp a database was built with, or None. It is kept as the database's comment."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = "
    return next(iter(sql(f"{query}'{database}'")), None)


def set_stamp(database: str, value: str) -> None:
    """Stamp a database."""
    sql(f"COMMENT ON DATABASE \"{database}\" IS '{value}'")


def drop(database: str) -> None:
    """Drop a database and its filestore, whether or not they are there."""
    sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(paths.FILESTORE / database, ignore_errors=True)


def clone(source: str, target: str) -> None:
    """Copy a database; the filestore by hard links, since Odoo never rewrites a file in it."""
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
    """Build ``database`` unless it bears the stamp ``value``; a failed or interrupted build leaves the old one.

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
