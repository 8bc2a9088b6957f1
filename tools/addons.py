"""The add-ons of this project: their manifests, and a hash of what affects an installed database."""

import ast
import hashlib
from pathlib import Path
from typing import Any

from . import paths

# Does not affect an installed database: tests run from the files, a .pot is an export, the rest is documentation.
_NOT_INSTALLED = ("tests", "readme", "README.rst", "__pycache__")


def names(root: Path = paths.ROOT) -> list[str]:
    """Return the names of the project's add-ons, sorted."""
    return sorted(path.parent.name for path in root.glob("*/__manifest__.py"))


def shipped(root: Path = paths.ROOT) -> list[str]:
    """Return the names of the published add-ons; as with Odoo's own, "test_" ones are only for tests."""
    return [name for name in names(root) if not name.startswith("test_")]


def manifest(name: str, root: Path = paths.ROOT) -> dict[str, Any]:
    """Return an add-on's manifest as a dictionary."""
    values: dict[str, Any] = ast.literal_eval((root / name / "__manifest__.py").read_text(encoding="utf-8"))
    return values


def sources(name: str, root: Path = paths.ROOT) -> list[Path]:
    """Return the files of an add-on that affect an installed database, sorted."""
    folder = root / name
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix not in (".pot", ".pyc")
        and path.relative_to(folder).parts[0] not in _NOT_INSTALLED
    )


def source_hash(seed: str = "", root: Path = paths.ROOT) -> str:
    """Return a short hash of ``seed`` and of every add-on's sources."""
    digest = hashlib.sha256(seed.encode())
    for name in names(root):
        for path in sources(name, root):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def drives_browser(path: Path) -> bool:
    """Return whether a file of tests drives a browser."""
    text = path.read_text("utf-8")
    return "start_tour" in text or "browser_js" in text


def has_tours(name: str, root: Path = paths.ROOT) -> bool:
    """Return whether an add-on's tests drive a browser."""
    return any(map(drives_browser, (root / name / "tests").glob("**/*.py")))
