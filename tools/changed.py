"""The tests affected by a change: an estimate from the folders of files, for a quick answer; a full run is exact.

A changed test file runs, and so does each one that mentions a changed helper. A model of the room ``models/ROOM/``
runs the tests of ``tests/ROOM/`` and those named after its file; a script or a picture, those in a browser;
anything else, all tests of its add-on and of those that depend on it.
"""

import re
from pathlib import Path

from . import addons, paths
from .console import Problem
from .process import try_run

EVERYTHING = ("requirements/", "pyproject.toml", ".ci/")
_NO_TEST = ("i18n", "readme")  # used by ./dev pot and by people only


def since(branch: str = "main", root: Path = paths.ROOT) -> list[str]:
    """Return the files that differ from where this branch left ``branch``, including uncommitted ones."""
    base = _git(root, "merge-base", "HEAD", branch)
    if not base:
        raise Problem(f"git knows no common commit with {branch}", "name what to run: ./dev test ADDON")
    changed = _git(root, "diff", "--name-only", base[0]) + _git(root, "ls-files", "--others", "--exclude-standard")
    return sorted(set(changed))


def _git(root: Path, *arguments: str) -> list[str]:
    return (try_run(["git", "-C", root, *arguments]) or "").splitlines()


def select(files: list[str], root: Path = paths.ROOT) -> list[str] | None:
    """Return the folders and files of tests in the add-ons affected by changed files; None for all of them."""
    if any(file.startswith(EVERYTHING) for file in files):
        return None
    names = set(addons.names(root))
    found = set().union(*(_select(file, root) for file in files if file.partition("/")[0] in names))
    return sorted(str(path.relative_to(root)) for path in found)


def touches_tools(files: list[str], root: Path = paths.ROOT) -> bool:
    """Return whether a change affects the tests of the tools, which read the documents too."""
    names = set(addons.names(root))
    return any(file.partition("/")[0] not in names for file in files)


def _select(file: str, root: Path) -> set[Path]:
    """Return the test files affected by one changed file of an add-on."""
    addon, _slash, inside = file.partition("/")
    top = inside.partition("/")[0]
    if top in _NO_TEST:
        return set()
    if top == "tests":
        return _mentioning(root / file, root)
    if top == "static":
        return {path for path in _tests(addon, root) if addons.drives_browser(path)}
    return _named_after(addon, inside, root) or set().union(*(_tests(name, root) for name in _with_users(addon, root)))


def _tests(addon: str, root: Path) -> set[Path]:
    return set((root / addon / "tests").glob("**/test_*.py"))


def _with_users(addon: str, root: Path) -> set[str]:
    return {addon, *(name for name in addons.names(root) if addon in addons.manifest(name, root).get("depends", ()))}


def _named_after(addon: str, inside: str, root: Path) -> set[Path]:
    """Return the tests of a model's room, of its subfolder alone if they have its name, and those named after its
    file.
    """
    if not inside.startswith("models/"):
        return set()
    *folders, name = inside.split("/")[1:]
    room = tests = root / addon / "tests"
    while folders and (room / folders[0]).is_dir():
        room /= folders.pop(0)
    if room == tests:
        return set()
    found = set(room.glob("**/test_*.py"))
    stem = name.removesuffix(".py").removeprefix("crm_trigger_")
    corner = {path for path in found if any(folder in path.stem for folder in folders)}
    return (corner or found) | {path for path in _tests(addon, root) if path.stem.startswith(f"test_{stem}")}


def _mentioning(path: Path, root: Path) -> set[Path]:
    """Return a test file, or those that mention a helper, directly or indirectly."""
    everything = [test for name in addons.names(root) for test in (root / name / "tests").glob("**/*.py")]
    found, waiting = set(), [path]
    while waiting:
        path = waiting.pop()
        found.add(path)
        word = re.compile(rf"\b{path.stem}\b")
        if not path.name.startswith(("test_", "__init__")):
            waiting += [test for test in everything if test not in found and word.search(test.read_text("utf-8"))]
    return {test for test in found if test.name.startswith("test_") and test.exists()}
