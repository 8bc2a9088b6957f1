"""Marks of a program in a text: placeholders and tags, the same in every language."""

import re
from collections import Counter
from collections.abc import Iterator

from .. import po

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\$\{[^}]*\}|\{\{.*?\}\}|\{\w+\}")
_TAG = re.compile(r"<[^<>]+>")
_CODE = re.compile(r"`[^`]*`|https?://\S+")
# Displayed, so translated.
_TRANSLATED = re.compile(r"\s(?:title|placeholder|alt|aria-label|string)=(\"[^\"]*\"|'[^']*')")


def plain(text: str) -> str:
    """Return a text as it is displayed: without tags and code, with a letter for each placeholder."""
    return _PLACEHOLDER.sub("x", _TAG.sub("", _CODE.sub("x", text))).replace("&amp;", "&").replace("&nbsp;", "\u00a0")


def _marks(text: str) -> Counter[str]:
    tags = (_TRANSLATED.sub("", tag) for tag in _TAG.findall(text))
    return Counter(tags) + Counter(_PLACEHOLDER.findall(text))


def same_marks(entry: po.Entry) -> Iterator[str]:
    """Yield the placeholders and tags missing in a translation, or missing in the term."""
    if not entry.msgstr:
        return
    term, translation = _marks(entry.msgid), _marks(entry.msgstr)
    for mark in term - translation:
        yield f"“{mark}” is missing in the translation: put it in"
    for mark in translation - term:
        yield f"“{mark}” is in the translation only: remove it"
