"""Read translation files with nothing but Python: ``./dev lint`` has no polib."""

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


def entries(text: str) -> Iterator[Entry]:
    """Yield what a translation file has; not its header, and no fuzzy guess as a translation."""
    for block in re.split(r"\n\s*\n", text):
        found = _parts(block)
        if found["msgid"]:
            guessed = re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE)
            yield Entry(found["msgid"], "" if guessed else found["msgstr"], tuple(_references(block)))


def _references(block: str) -> list[str]:
    return [one for line in re.findall(r"^#: (.*)$", block, re.MULTILINE) for one in line.split()]


def _parts(block: str) -> dict[str, str]:
    found, current = {"msgid": "", "msgstr": ""}, "msgid"
    for line in block.splitlines():
        if part := _PART.match(line):
            current = part[1] or current
            found[current] += ast.literal_eval(part[2] or part[3])
    return found


def read(path: Path) -> list[Entry]:
    """Return what a file has; nothing if there is none."""
    return list(entries(path.read_text(encoding="utf-8"))) if path.exists() else []
