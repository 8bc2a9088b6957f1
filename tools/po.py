"""Read translation files with the standard library only: ``./dev lint`` has no polib."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PART = re.compile(r"^(msgid|msgstr) (\".*\")$|^(\".*\")$")


class Entry(NamedTuple):
    """A term, its translation ("" without one) and where it is used, as ``model:crm.stage,name:crm.stage_lead1``."""

    msgid: str
    msgstr: str
    references: tuple[str, ...]
    line: int = 0
    guessed: bool = False


def entries(text: str) -> Iterator[Entry]:
    """Yield the entries of a translation file, without its header; fuzzy entries count as untranslated."""
    for first, block in _blocks(text):
        found = _parts(block)
        if found["msgid"]:
            line = first + next(number for number, one in enumerate(block) if one.startswith("msgid "))
            guessed = any(re.match(r"#,.*\bfuzzy\b", one) for one in block)
            yield Entry(found["msgid"], "" if guessed else found["msgstr"], _references(block), line, guessed)


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of each term, with the number of the first."""
    block: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _references(block: list[str]) -> tuple[str, ...]:
    return tuple(one for line in block if line.startswith("#: ") for one in line[3:].split())


def _parts(block: list[str]) -> dict[str, str]:
    found, current = {"msgid": "", "msgstr": ""}, "msgid"
    for line in block:
        if part := _PART.match(line):
            current = part[1] or current
            found[current] += ast.literal_eval(part[2] or part[3])
    return found


def read(path: Path) -> list[Entry]:
    """Return the entries of a file; nothing if it does not exist."""
    return list(entries(path.read_text(encoding="utf-8"))) if path.exists() else []
