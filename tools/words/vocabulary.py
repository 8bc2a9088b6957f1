"""Checks that docs/vocabulary.md and the glossaries of the user guide match the screen.

The first table of the vocabulary lists the terms on screen, with their references in the .pot; the second those of
Odoo that we use. Both glossaries contain pairs of them only.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .. import addons, po

PAGE = "docs/vocabulary.md"
# Glossary: its columns with the English and the French term.
GLOSSARIES = {"docs/user/glossary.md": (0, 1), "docs/fr/glossary.md": (1, 0)}
_NAME = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """A row of a table: its position, and its cells."""

    place: str
    cells: list[str]


class Screen:
    """The terms of all add-ons, by their English text."""

    def __init__(self, root: Path) -> None:
        """Read the French files of all add-ons."""
        self.terms: dict[str, list[tuple[str, po.Entry]]] = {}
        for name in addons.shipped(root):
            path = root / name / "i18n" / "fr.po"
            for entry in po.read(path):
                self.terms.setdefault(entry.msgid, []).append((f"{path.relative_to(root)}:{entry.line}", entry))


def findings(root: Path) -> list[str]:
    """Return one line for each row that contradicts the screen, or a glossary that contradicts the vocabulary."""
    if not (root / PAGE).exists():
        return []
    tables, screen = _tables(PAGE, root), Screen(root)
    found = [line for row in tables[0] for line in _screen_findings(row, screen)]
    found += [line for row in tables[1] for line in _french_findings(row, screen.terms.get(row.cells[0], []))]
    known = {row.cells[0]: row.cells[1] for table in tables[:2] for row in table}
    return found + [line for page, columns in GLOSSARIES.items() for line in _glossary(page, columns, known, root)]


def _tables(page: str, root: Path) -> list[list[Row]]:
    """Return the rows of each table of a page, without its head."""
    tables: list[list[Row]] = []
    before = ""
    for number, line in enumerate((root / page).read_text(encoding="utf-8").splitlines(), 1):
        if re.match(r"\|[ :|-]+$", line):
            tables.append([])
        elif line.startswith("|") and before.startswith("|"):
            tables[-1].append(Row(f"{page}:{number}", [_spaced(cell) for cell in line.strip("|").split("|")]))
        before = line
    return tables


def _spaced(text: str) -> str:
    return text.replace("\u00a0", " ").strip()


def _screen_findings(row: Row, screen: Screen) -> Iterator[str]:
    """Yield the problems of a screen term: it is missing, elsewhere, or translated differently."""
    found = screen.terms.get(row.cells[0], [])
    if not found:
        yield f"{row.place}: “{row.cells[0]}” is on no screen: write the term as it is there, or move it to the code's"
        return
    for name in _NAME.findall(row.cells[2]):
        there = [one for one in found if any(_is_at(name, reference) for reference in one[1].references)]
        if not there:
            yield f"{row.place}: “{row.cells[0]}” is not at {name}: name one of {_places(found)}"
        yield from _french_findings(row, there)


def _is_at(name: str, reference: str) -> bool:
    return bool(re.search(re.escape(name) + r"(?!\w)", reference))


def _places(found: list[tuple[str, po.Entry]]) -> str:
    references = [reference for _place, entry in found for reference in entry.references]
    return ", ".join(references[:3]) + ("…" if len(references) > 3 else "")


def _french_findings(row: Row, found: list[tuple[str, po.Entry]]) -> Iterator[str]:
    for place, entry in found:
        if _spaced(entry.msgstr) != row.cells[1]:
            said = f"“{row.cells[0]}” is “{entry.msgstr}” on screen ({place}), not “{row.cells[1]}”"
            yield f"{row.place}: {said}: correct one of the two"


def _glossary(page: str, columns: tuple[int, int], known: dict[str, str], root: Path) -> Iterator[str]:
    if not (root / page).exists():
        return
    for row in (row for table in _tables(page, root) for row in table):
        english, french = (row.cells[column] for column in columns)
        if english not in known:
            yield f"{row.place}: “{english}” is not in {PAGE}: write the term of the screen"
        elif known[english] != french:
            yield f"{row.place}: “{english}” is “{french}” here and “{known[english]}” in {PAGE}: write one of the two"
