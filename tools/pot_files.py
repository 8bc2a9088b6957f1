"""Compare and merge translation files; runs in the Odoo environment, which has polib.

    python -m tools.pot_files write|check ADDON EXPORTED.pot FOLDER

``write`` puts the export into FOLDER (an add-on's i18n/) and merges it into every .po there. ``check`` changes
nothing and prints the findings.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import polib
from polib import POEntry, POFile

# They change with every export and are irrelevant.
_VOLATILE = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team")
REQUIRED = "fr.po"


def normalise(catalog: POFile) -> POFile:
    """Return a catalogue without the headers that change with every export."""
    for header in _VOLATILE:
        catalog.metadata.pop(header, None)
    return catalog


def write(addon: str, exported: Path, folder: Path) -> None:
    """Write ``ADDON.pot`` and merge it into the .po files, keeping translations and dropping obsolete terms."""
    template = normalise(polib.pofile(str(exported)))
    if not len(template):
        return
    folder.mkdir(exist_ok=True)
    template.save(str(folder / f"{addon}.pot"))
    if not (folder / REQUIRED).exists():
        empty = polib.POFile()
        empty.metadata = {**template.metadata, "Language": "fr"}
        empty.save(str(folder / REQUIRED))
    for path in folder.glob("*.po"):
        _merge(path, template)


def _merge(path: Path, template: POFile) -> None:
    catalog = normalise(polib.pofile(str(path)))
    catalog.merge(template)
    for entry in catalog.obsolete_entries():
        catalog.remove(entry)
    catalog.sort(key=_order(template))
    catalog.save(str(path))


def _order(template: POFile) -> Callable[[POEntry], int]:
    positions = {entry.msgid: number for number, entry in enumerate(template)}
    return lambda entry: positions.get(entry.msgid, len(positions))


def check(addon: str, exported: Path, folder: Path) -> list[str]:
    """Return one line for each thing that ./dev pot, or a translator, has to fix."""
    template = normalise(polib.pofile(str(exported)))
    if not len(template):
        return []
    committed = folder / f"{addon}.pot"
    found = []
    if not committed.exists() or str(normalise(polib.pofile(str(committed)))) != str(template):
        found.append(f"{committed.name} does not match the sources: run ./dev pot")
    if not (folder / REQUIRED).exists():
        return [*found, f"{addon} has no {REQUIRED}: run ./dev pot, then translate it"]
    return found + _untranslated(addon, template, polib.pofile(str(folder / REQUIRED)))


def _untranslated(addon: str, template: POFile, catalog: POFile) -> list[str]:
    translated = {(entry.msgctxt, entry.msgid) for entry in catalog if entry.translated()}
    missing = [entry for entry in template if (entry.msgctxt, entry.msgid) not in translated]
    return [f"{addon}/i18n/{REQUIRED}: not translated, or fuzzy: {entry.msgid!r}" for entry in missing]


def main(action: str, addon: str, exported: str, folder: str) -> int:
    """Run the command line; return 1 if a check found something."""
    if action == "write":
        write(addon, Path(exported), Path(folder))
        return 0
    found = check(addon, Path(exported), Path(folder))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
