"""Find an Odoo 19: ODOO_HOME, an importable one, Debian's package, a git clone. The first one found is used."""

import importlib.util
import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from . import debian, paths
from .console import Problem, say, step
from .process import run

GIT_URL = "https://github.com/odoo/odoo"
SERIES = "19.0"
Finder = tuple[str, Callable[[], Path | None]]
_DEBIAN_LAYOUT = "usr/lib/python3/dist-packages"


def series_of(tree: str | Path) -> str | None:
    """Return the series ("19.0") of an Odoo tree, or None when it is not one."""
    release = Path(tree) / "odoo" / "release.py"
    if not release.is_file():
        return None
    match = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(encoding="utf-8"), re.MULTILINE)
    return f"{match[1]}.{match[2]}" if match else None


def from_home() -> Path | None:
    """Return the tree in ODOO_HOME; a wrong value is an error, not a reason to search further."""
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    for tree in (Path(home), Path(home) / _DEBIAN_LAYOUT):
        if series_of(tree) == SERIES:
            return tree.resolve()
    found = series_of(home)
    raise Problem(
        f"ODOO_HOME={home} holds {f'Odoo {found}' if found else 'no odoo/release.py'}, Odoo {SERIES} is needed",
        "point ODOO_HOME at a 19.0 checkout, or unset it to let ./dev fetch one",
    )


def from_import() -> Path | None:
    """Return the tree of an Odoo that the running Python can import."""
    spec = importlib.util.find_spec("odoo")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        if series_of(Path(location).parent) == SERIES:
            return Path(location).parent
    return None


def from_debian() -> Path | None:
    """Return the tree of Debian's package; skipped if ODOO_GIT_URL requests a clone."""
    tree = paths.DEBIAN_TREE / _DEBIAN_LAYOUT
    if os.environ.get("ODOO_GIT_URL"):
        return None
    if not (paths.DEBIAN_TREE / ".done").exists() and not debian.fetch(paths.DEBIAN_TREE):
        return None
    return tree if series_of(tree) == SERIES else None


def from_git() -> Path | None:
    """Return a shallow clone of Odoo's own repository."""
    if series_of(paths.GIT_TREE) != SERIES:
        if not shutil.which("git"):
            return None
        url = os.environ.get("ODOO_GIT_URL", GIT_URL)
        partial = paths.GIT_TREE.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        with step(f"git clone of Odoo {SERIES} from {url}"):
            command = ["git", "clone", "-q", "--depth", "1", "--branch", SERIES, url, partial]
            run(command, label="git clone", log=paths.log_file("git"), env={"GIT_TERMINAL_PROMPT": "0"})
        shutil.rmtree(paths.GIT_TREE, ignore_errors=True)
        partial.rename(paths.GIT_TREE)
    return paths.GIT_TREE if series_of(paths.GIT_TREE) == SERIES else None


# The order is documented in docs/development.md.
FINDERS: tuple[Finder, ...] = (
    ("ODOO_HOME", from_home),
    ("an importable odoo", from_import),
    ("Debian's package", from_debian),
    ("a git clone", from_git),
)


def find(finders: Iterable[Finder] = FINDERS, *, say_it: bool = True) -> Path:
    """Return the folder that contains ``odoo/``, from the first finder that has one.

    :raises Problem: none is found
    """
    for label, finder in finders:
        tree = finder()
        if tree:
            if say_it:
                say(f"  Odoo {SERIES}: {label} ({tree})")
            return tree
    raise Problem(
        f"no Odoo {SERIES} was found: not importable, no Debian package, no git clone",
        "git clone --depth 1 --branch 19.0 https://github.com/odoo/odoo ../odoo && export ODOO_HOME=$PWD/../odoo",
    )
