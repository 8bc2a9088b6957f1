"""A word forbidden on screen, and what to write instead."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .. import po
from .marks import plain


class Word(NamedTuple):
    """A forbidden word, as a pattern, and its correction."""

    pattern: str
    cure: str
    only: str = ""  # only if the English term contains this
    unless: str = ""  # not if the English term contains this


def checker(words: tuple[Word, ...], text_of: Callable[[po.Entry], str]) -> Callable[[po.Entry], Iterator[str]]:
    """Return a rule that yields each of the words in a text, with the correction."""
    compiled = [(re.compile(word.pattern, re.IGNORECASE), word) for word in words]

    def check(entry: po.Entry) -> Iterator[str]:
        text = plain(text_of(entry))
        for pattern, word in compiled:
            if (found := pattern.search(text)) and _applies(word, entry.msgid):
                yield f"“{found[0].strip()}” in “{_around(text, found)}”: {word.cure}"

    return check


def _applies(word: Word, msgid: str) -> bool:
    wanted = not word.only or re.search(word.only, msgid, re.IGNORECASE)
    return bool(wanted) and not (word.unless and re.search(word.unless, msgid, re.IGNORECASE))


def _around(text: str, found: re.Match[str]) -> str:
    """Return the context of a word, on one line."""
    start, end = max(0, found.start() - 30), found.end() + 30
    return ("…" if start else "") + " ".join(text[start:end].split()) + ("…" if end < len(text) else "")
