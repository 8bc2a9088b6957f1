"""What Odoo 20 rejects or names differently, found in our add-ons: see docs/odoo20.md."""

import re
from collections.abc import Iterator
from pathlib import Path

from . import addons, paths

COMPAT = "crm_triggers/models/compat.py"  # the module for names that differ between 19 and 20
# Pattern of files, forbidden pattern, replacement.
_RULES = (
    ("**/*.xml", r"\bt-(?:esc|raw)=", "t-out"),
    ("static/**/*.xml", r"[\"{(!\s](?:state|props|model|env)\.", "this. before what the component has"),
    ("models/**/*.py", r"\bpytz\b", "get_zone and localize of compat.py"),
    ("models/**/*.py", r"\.[gs]et_param\(", "read_number and write_number of compat.py"),
    ("models/**/*.py", r"\.clear_cache\(", "clear_caches of compat.py"),
    ("**/*.py", r"\b(?:SingleTransactionCase|toggle_active)\b", "what replaces it in 20"),
)


def _lines(root: Path, name: str, pattern: str) -> Iterator[tuple[str, str]]:
    for path in sorted((root / name).glob(pattern)):
        if (shown := str(path.relative_to(root))) != COMPAT:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{shown}:{number}", line


def findings(root: Path = paths.ROOT) -> list[str]:
    """Return one line, with the replacement, for each place in an add-on that Odoo 20 would reject."""
    return [
        f"{place}: write {cure}"
        for name in addons.names(root)
        for pattern, unwanted, cure in _RULES
        for place, line in _lines(root, name, pattern)
        if re.search(unwanted, line)
    ]
