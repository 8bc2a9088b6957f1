"""Which tests a change touches: a guess for a quick answer, from the folders files lie in; a full run knows.

A test file that was changed runs, and each that mentions a helper that was. A model of the room ``models/ROOM/`` calls
the tests of ``tests/ROOM/`` and those named after its file, a script or a picture those in a browser, and whatever has
no tests of its own all tests of its add-on and of those that depend on it.
"""

import re
from pathlib import Path

from . import addons, paths
from .console import Problem
from .process import try_run

EVERYTHING = ("requirements/", "pyproject.toml", ".ci/")
_NO_TEST = ("i18n", "readme")  # ./dev pot and people look at these


def since(branch: str = "main", root: Path = paths.ROOT) -> list[str]:
    """Return the files that differ from where this branch left ``branch``, those not committed yet as well."""
    base = _git(root, "merge-base", "HEAD", branch)
    if not base:
        raise Problem(f"git knows no common commit with {branch}", "name what to run: ./dev test ADDON")
    changed = _git(root, "diff", "--name-only", base[0]) + _git(root, "ls-files", "--others", "--exclude-standard")
    return sorted(set(changed))


def _git(root: Path, *arguments: str) -> list[str]:
    return (try_run(["git", "-C", root, *arguments]) or "").splitlines()


def select(files: list[str], root: Path = paths.ROOT) -> list[str] | None:
    """Return the folders and files of tests in the add-ons that changed files touch; None means all there are."""
    if any(file.startswith(EVERYTHING) for file in files):
        return None
    names = set(addons.names(root))
    found = set().union(*(_select(file, root) for file in files if file.partition("/")[0] in names))
    return sorted(str(path.relative_to(root)) for path in found)


def touches_tools(files: list[str], root: Path = paths.ROOT) -> bool:
    """Tell whether a change touches the tests of the tools, which read the documents too."""
    names = set(addons.names(root))
    return any(file.partition("/")[0] not in names for file in files)


def _select(file: str, root: Path) -> set[Path]:
    """Return the test files that one changed file of an add-on touches."""
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
    """Return the tests of a model's room, and those that bear its file's name."""
    if not inside.startswith("models/"):
        return set()
    *folders, name = inside.split("/")[1:]
    stem = name.removesuffix(".py").removeprefix("crm_trigger_")
    room = {path for path in _tests(addon, root) if set(folders) & set(path.relative_to(root / addon / "tests").parts)}
    return room and room | {path for path in _tests(addon, root) if path.stem.startswith(f"test_{stem}")}


def _mentioning(path: Path, root: Path) -> set[Path]:
    """Return the test files that a file of tests is, or that mention it, or what mentions it."""
    everything = [test for name in addons.names(root) for test in (root / name / "tests").glob("**/*.py")]
    found, waiting = set(), [path]
    while waiting:
        path = waiting.pop()
        found.add(path)
        word = re.compile(rf"\b{path.stem}\b")
        if not path.name.startswith(("test_", "__init__")):
            waiting += [test for test in everything if test not in found and word.search(test.read_text("utf-8"))]
    return {test for test in found if test.name.startswith("test_") and test.exists()}
