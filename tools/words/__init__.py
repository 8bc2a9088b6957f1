"""The words of the add-ons, checked by ``./dev lint``: those of their .pot and .po files, and docs/vocabulary.md.

A finding is one line: file, line, problem, correction.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from .. import addons, paths, po
from . import english, french, vocabulary
from .marks import same_marks
from .word import checker

Rule = Callable[[po.Entry], Iterator[str]]

ENGLISH: tuple[Rule, ...] = (checker(english.WORDS, lambda entry: entry.msgid), english.typography)
FRENCH: tuple[Rule, ...] = (checker(french.WORDS, lambda entry: entry.msgstr), french.typography)
BY_LANGUAGE = {"fr": FRENCH}


def findings(root: Path = paths.ROOT) -> list[str]:
    """Return one line for each fault in the words of the add-ons and in the vocabulary."""
    found = [line for name in addons.shipped(root) for line in _addon_findings(name, root)]
    return [*found, *vocabulary.findings(root)]


def _addon_findings(name: str, root: Path) -> Iterator[str]:
    folder = root / name / "i18n"
    terms = po.read(folder / f"{name}.pot")
    for entry in terms:
        yield from _told(folder / f"{name}.pot", entry, ENGLISH, root)
    for path in sorted(folder.glob("*.po")):
        rules = (translated, same_marks, *BY_LANGUAGE.get(path.stem, ()))
        known = po.read(path)
        for entry in known:
            yield from _told(path, entry, rules, root)
        for entry in _lacking(terms, known):
            yield f"{_place(folder / f'{name}.pot', entry, root)}: {_quote(entry)} is not in {path.name}: run ./dev pot"


def _lacking(terms: list[po.Entry], known: list[po.Entry]) -> list[po.Entry]:
    names = {entry.msgid for entry in known}
    return [entry for entry in terms if entry.msgid not in names]


def _told(path: Path, entry: po.Entry, rules: tuple[Rule, ...], root: Path) -> Iterator[str]:
    for rule in rules:
        yield from (f"{_place(path, entry, root)}: {text}" for text in rule(entry))


def _place(path: Path, entry: po.Entry, root: Path) -> str:
    return f"{path.relative_to(root)}:{entry.line}"


def translated(entry: po.Entry) -> Iterator[str]:
    """Yield that a term is untranslated, or only has a fuzzy translation."""
    if entry.guessed:
        yield f"{_quote(entry)} has a guessed translation (fuzzy): correct it and remove the mark"
    elif not entry.msgstr:
        yield f"{_quote(entry)} is not translated: translate it"


def _quote(entry: po.Entry) -> str:
    text = " ".join(entry.msgid.split())
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"
