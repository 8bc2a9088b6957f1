"""docs/requirements.md: the meaning of each requirement, and the tests that cite it.

The page itself is the source of ids and meanings; the column of tests is generated from their names and docstrings.
"""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from . import paths

PAGE = paths.ROOT / "docs" / "requirements.md"
_ROW = re.compile(r"^\| ([KZ]\d\d) \| (.*?) \| .*\|$")
_ID = re.compile(r"\b[KZ]\d\d\b")
_ID_IN_NAME = re.compile(r"(?<=_)[kz]\d\d(?=_)")


def citations(root: Path = paths.ROOT) -> dict[str, Counter[Path]]:
    """Return ``{id: {test file: number of tests there that cite it}}``."""
    found: defaultdict[str, Counter[Path]] = defaultdict(Counter)
    for path in sorted(root.glob("*crm_triggers*/tests/**/*.py")):
        for cited in _cited(ast.parse(path.read_text(encoding="utf-8"))):
            found[cited][path] += 1
    return found


def _cited(tree: ast.Module) -> Iterator[str]:
    """Yield each id once for each test, or class of tests, that cites it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) or (isinstance(node, ast.FunctionDef) and node.name.startswith("test_")):
            named = {text.upper() for text in _ID_IN_NAME.findall(node.name)}
            yield from sorted(named | set(_ID.findall(ast.get_docstring(node) or "")))


def _told(found: Counter[Path], root: Path) -> str:
    links = (f"[{path.stem}](../{path.relative_to(root)}) {count}" for path, count in sorted(found.items()))
    return ", ".join(links) or "-"


def rewritten(text: str, root: Path = paths.ROOT) -> str:
    """Return the page with the current column of tests."""
    found, lines = citations(root), []
    for line in text.splitlines():
        row = _ROW.match(line)
        lines.append(f"| {row[1]} | {row[2]} | {_told(found[row[1]], root)} |" if row else line)
    return "\n".join(lines) + "\n"


def findings() -> list[str]:
    """Return what is outdated, one line; ids cited by tests and missing in the page."""
    text = PAGE.read_text(encoding="utf-8")
    known = {row[1] for row in map(_ROW.match, text.splitlines()) if row}
    unknown = sorted(set(citations()) - known)
    found = [f"docs/requirements.md does not know {', '.join(unknown)}"] if unknown else []
    if rewritten(text) != text:
        found.append("docs/requirements.md does not match the tests: ./dev requirements")
    return found
