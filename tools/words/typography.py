"""Typography: patterns of errors in a text, with corrections."""

import re
from collections.abc import Iterator

Fault = tuple[re.Pattern[str], str]

BOTH: tuple[Fault, ...] = (
    (re.compile(r"\.\.\."), "write … (one character)"),
    (re.compile(r"\S {2,}(?=\S)"), "write one space"),
    (re.compile("\\w\u2019\\w"), "write the straight apostrophe, as everywhere here"),
)


def told(text: str, faults: tuple[Fault, ...]) -> Iterator[str]:
    """Yield each error of a text once, with its context and the correction."""
    for pattern, cure in faults:
        if found := pattern.search(text):
            around = text[max(0, found.start() - 15) : found.end() + 15].replace("\u00a0", "~").replace("\n", " ")
            yield f"typography of “{around}”: {cure}"
