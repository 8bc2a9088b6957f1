"""The labels that the guide quotes: a bold label that is on no screen is outdated."""

import re
from collections.abc import Iterator
from pathlib import Path

from .. import addons, links, paths, po
from .words import LANGUAGES

_BOLD = re.compile(r"\*\*(.+?)\*\*")
# Labels of Odoo's own screens, mentioned in the guide.
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
    """Return one line for each bold label that neither we nor Odoo show."""
    found = []
    for code, folder in LANGUAGES.items():
        known = _labels(code, root) | ODOO[code]
        for path in sorted((root / folder).rglob("*.md")):
            for number, label in _quoted(path.read_text(encoding="utf-8")):
                if label not in known:
                    found.append(f"{path.relative_to(root)}:{number}: “{label}” is on no screen")
    return found


def _labels(code: str, root: Path) -> set[str]:
    """Return all screen terms in a language, without markup."""
    entries = [one for name in addons.shipped(root) for one in po.read(root / name / "i18n" / "fr.po")]
    texts = (one.msgid if code == "en" else one.msgstr for one in entries)
    return {_plain(text) for text in texts}


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text).replace("\u00a0", " ").split())


def _quoted(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and label of each bold text; of a menu path, each of its parts."""
    for number, line in links.prose(text):
        for bold in _BOLD.findall(line):
            yield from ((number, _plain(part)) for part in bold.split(" > "))
