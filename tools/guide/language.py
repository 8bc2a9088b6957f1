"""One language of the guide, with the screen terms in it."""

from pathlib import Path

from .. import addons, paths, po
from .words import WORDS

CORE = "crm_triggers"


class Language:
    """Finds screen terms, and collects those without translation."""

    def __init__(self, code: str, root: Path = paths.ROOT) -> None:
        """Read the translations of all add-ons."""
        self.code = code
        self.index = list(WORDS).index(code)  # words.py has pairs of languages
        self.words = WORDS[code]
        self.missing: list[str] = []
        self._catalogs: dict[str, dict[str, po.Entry]] = {}
        self._by_text: dict[str, po.Entry] = {}
        for name in addons.shipped(root):
            found = po.read(root / name / "i18n" / "fr.po")
            self._catalogs[name] = {reference: entry for entry in found for reference in entry.references}
            self._by_text |= {entry.msgid: entry for entry in found}

    def translate(self, addon: str, reference: str, source: str) -> str:
        """Return the translation of a source term in this language."""
        if self.code == "en" or not source:
            return source
        entry = self._catalogs[addon].get(reference) or self._by_text.get(source)
        if entry is None or not entry.msgstr:
            self.missing.append(f"{addon}/i18n/fr.po: no French for {source!r}: ./dev pot, then translate it")
            return source
        return _clean(entry.msgstr)

    def record(self, addon: str, model: str, name: str, field: str, source: str) -> str:
        """Return a translated text of a data record."""
        return self.translate(addon, f"model:{model},{field}:{addon}.{name}", source)

    def value(self, addon: str, model: str, field: str, value: str, source: str) -> str:
        """Return the label of a selection value."""
        named = f"selection__{model.replace('.', '_')}__{field}__{value}"
        return self.translate(addon, f"model:ir.model.fields.selection,name:{addon}.{named}", source)

    def field(self, addon: str, name: str) -> tuple[str, str]:
        """Return label and help of a field of an action."""
        named = f"{addon}.field_crm_trigger_step__{name}"
        label = self._find(addon, f"model:ir.model.fields,field_description:{named}")
        if not label and addon != CORE:
            return self.field(CORE, name)
        if not label:
            self.missing.append(f"the field {name} of an action has no label: ./dev pot, then translate it")
        return label or name, self._find(addon, f"model:ir.model.fields,help:{named}")

    def _find(self, addon: str, reference: str) -> str:
        entry = self._catalogs[addon].get(reference)
        return _clean(self.translate(addon, reference, entry.msgid)) if entry else ""

    def choose(self, pair: tuple[str, str]) -> str:
        """Return the one of two texts in this language."""
        return pair[self.index]


def _clean(text: str) -> str:
    """Return a text on one line, keeping its no-break spaces."""
    return " ".join(text.replace("\n", " ").replace("\t", " ").split(" ")).strip()
