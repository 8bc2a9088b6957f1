"""The user guide: its references are generated from the data of the add-ons, in English and French."""

from collections.abc import Iterator
from pathlib import Path

from .. import paths
from . import page, sources
from .language import Language
from .page import Chapter
from .pages import PAGES, Unknown
from .words import LANGUAGES


def _generated(root: Path) -> Iterator[tuple[Path, list[Chapter], list[str]]]:
    """Yield each page, with its chapters and the untranslated terms."""
    for code, folder in LANGUAGES.items():
        language = Language(code, root)
        for name, chapters in PAGES.items():
            language.missing.clear()
            yield root / folder / name, chapters(language, root), list(dict.fromkeys(language.missing))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write(root: Path = paths.ROOT) -> list[Path]:
    """Write the generated parts of the pages; return the pages."""
    written = []
    for path, chapters, _missing in _generated(root):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.rewritten(_read(path), chapters), encoding="utf-8")
        written.append(path)
    return written


def findings(root: Path = paths.ROOT) -> list[str]:
    """Return what the references lack, by name: a preset, a kind of action, a reason, a translation."""
    found = []
    try:
        for path, chapters, missing in _generated(root):
            name = str(path.relative_to(root))
            told = page.findings(name, _read(path), chapters)
            found += [f"{line}: ./dev guide" for line in told] + missing
    except Unknown as unknown:
        found.append(str(unknown))
    return list(dict.fromkeys([*found, *_help_findings(root)]))


def _help_findings(root: Path) -> list[str]:
    """Return which help pages on screen link to a missing page of the guide, in any language."""
    return [
        f"{help_page.xmlid} leads to {folder}/{guide}, which does not exist"
        for help_page in sources.records("crm.trigger.help", root)
        for folder in LANGUAGES.values()
        if (guide := help_page.values.get("guide")) and not (root / folder / guide).exists()
    ]
