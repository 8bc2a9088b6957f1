"""What the guide quotes from the screen: a label in bold that is on no screen is out of date."""

import re
from collections.abc import Iterator
from pathlib import Path

from .. import addons, links, paths, po
from .words import LANGUAGES

_BOLD = re.compile(r"\*\*(.+?)\*\*")
# Of Odoo's own screens, where the guide leads.
ODOO = {
    "en": {"Actions", "Apps", "CRM", "Configuration", "Sales Teams", "Settings", "Uninstall"},
    "fr": {
        "Actions",
        "Applications",
        "CRM",
        "Configuration",
        "Désinstaller",
        "Mes préférences",
        "Paramètres",
        "Équipes commerciales",
    },
}


def findings(root: Path = paths.ROOT) -> list[str]:
    """Return one line for each label in bold that neither we nor Odoo have on a screen."""
    found = []
    for code, folder in LANGUAGES.items():
        known = _labels(code, root) | ODOO[code]
        for path in sorted((root / folder).rglob("*.md")):
            for number, label in _quoted(path.read_text(encoding="utf-8")):
                if label not in known:
                    found.append(f"{path.relative_to(root)}:{number}: “{label}” is on no screen")
    return found


def _labels(code: str, root: Path) -> set[str]:
    """Return all terms of the screen in a language, without the marks of a view."""
    entries = [one for name in addons.shipped(root) for one in po.read(root / name / "i18n" / "fr.po")]
    texts = (one.msgid if code == "en" else one.msgstr for one in entries)
    return {_plain(text) for text in texts}


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text).replace("\u00a0", " ").split())


def _quoted(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and label of what stands in bold; of a way through menus, each of its parts."""
    for number, line in links.prose(text):
        for bold in _BOLD.findall(line):
            yield from ((number, _plain(part)) for part in bold.split(" > "))
