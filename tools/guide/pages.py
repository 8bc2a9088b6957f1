"""The generated pages of the guide: events, actions, reasons and templates."""

import ast
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .. import paths
from . import sources
from .language import CORE, Language
from .page import Chapter, Section
from .sources import Kind, Record, Value
from .words import CHOICES, COMMON_FIELDS, CONDITIONS, LEFT_OUT, NEEDS, OWN_FIELDS

PRESET, RULE, STEP = "crm.trigger.preset", "crm.trigger.rule", "crm.trigger.step"
REASONS = {
    "skip": ("crm.trigger.execution", "skip_reason"),
    "stop": ("crm.trigger.run", "stop_reason"),
}


class Unknown(Exception):
    """The data contain something that is missing in words.py."""


def events(language: Language, root: Path = paths.ROOT) -> list[Chapter]:
    """Return the reference of what starts a rule."""
    presets, ready, labels = sources.records(PRESET, root), _templates(root), _delays(language, root)
    return [
        Chapter(label, tuple(_event(language, one, ready, labels) for one in presets if one.values["phase"] == phase))
        for phase, label in _phases(language, PRESET, root)
    ]


def _phases(language: Language, model: str, root: Path) -> list[tuple[str, str]]:
    found = sources.selection(model, "phase", root)
    return [(one.value, language.value(one.addon, model, "phase", one.value, one.label)) for one in found]


def _templates(root: Path) -> list[Record]:
    return [one for one in sources.records(RULE, root) if one.values.get("is_template") == "True"]


def _name(language: Language, model: str, record: Record, field: str = "name") -> str:
    return language.record(record.addon, model, record.name, field, record.values.get(field, ""))


def _item(language: Language, word: str, text: str) -> str:
    return f"- {language.words[word]}{language.words['colon']}{text}"


def _event(language: Language, preset: Record, ready: list[Record], labels: dict[tuple[str, str], str]) -> Section:
    values, words = preset.values, language.words
    items = [_item(language, "noticed", words[_noticed(values)])]
    for word, field in (("filled_in", "filter_domain"), ("before", "filter_pre_domain")):
        if terms := _conditions(language, preset, values.get(field, "")):
            items.append(_item(language, word, ", ".join(terms)))
    if model := values.get("value_model"):
        items.append(_item(language, "choose", language.choose(_known(CHOICES, model, f"the preset {preset.xmlid}"))))
    if suggestion := _suggestion(language, values, labels):
        items.append(_item(language, "suggested", suggestion))
    using = [one for one in ready if one.values.get("preset_id") == preset.xmlid]
    if using:
        links = (f"[{_name(language, RULE, one)}](templates.md#{one.name})" for one in using)
        items.append(_item(language, "templates", ", ".join(links)))
    items += _addon(language, preset.addon)
    lines = (_name(language, PRESET, preset, "description"), "\n".join(items))
    return Section("preset", preset.name, _name(language, PRESET, preset), tuple(filter(None, lines)))


def _addon(language: Language, addon: str) -> list[str]:
    return [] if addon == CORE else [_item(language, "addon", f"`{addon}`")]


def _noticed(values: dict[str, str]) -> str:
    trigger = values.get("trigger", "match")
    if values.get("happening") == "meeting_held":
        return "meeting_held"
    return "match_later" if trigger == "match" and '"today' in values.get("filter_domain", "") else trigger


def _known(words: dict[str, tuple[str, str]], key: str, whose: str) -> tuple[str, str]:
    if key not in words:
        raise Unknown(f"tools/guide/words.py has no words for “{key}”, of {whose}")
    return words[key]


def _conditions(language: Language, preset: Record, domain: str) -> list[str]:
    # The chosen record is the value or an item of a list: replaced as text.
    terms = ast.literal_eval(domain.replace("{value}", "'{value}'") or "[]")
    named = (f"{path} {operator} {value}".replace("'{value}'", "{value}") for path, operator, value in terms)
    return [language.choose(_known(CONDITIONS, one, f"the preset {preset.xmlid}")) for one in named]


def _suggestion(language: Language, values: dict[str, str], labels: dict[tuple[str, str], str]) -> str:
    if values.get("meeting_rank") == "1":
        return language.words["meeting_rank"]
    if values.get("trigger") == "signal":
        return _series(language, values)
    if values.get("trigger") != "date":
        return ""
    count = values.get("trg_date_range", "0")
    unit, mode = values.get("trg_date_range_type", "day"), values.get("trg_date_range_mode", "after")
    chosen = (("trg_date_range_type", unit), ("trg_date_range_mode", mode))
    told = [labels[field, value] for field, value in chosen]
    return language.words["on_the_date"] if count == "0" else f"{count} {told[0]} {told[1]}"


def _series(language: Language, values: dict[str, str]) -> str:
    days, words = values.get("signal_window_count", "1"), language.words
    time = words["one_day"] if days == "1" else words["many_days"].format(days=days)
    for word, field in (("points_within", "signal_points"), ("signals_within", "signal_count")):
        if (count := values.get(field, "0")) not in ("0", "1"):
            return words[word].format(count=count, time=time)
    return ""


def _delays(language: Language, root: Path) -> dict[tuple[str, str], str]:
    """Return the labels of the units and directions of a delay, by field and value."""
    fields = ("trg_date_range_type", "trg_date_range_mode")
    found = [one for field in fields for one in sources.selection(PRESET, field, root)]
    return {(one.field, one.value): language.value(one.addon, PRESET, one.field, one.value, one.label) for one in found}


def templates(language: Language, root: Path = paths.ROOT) -> list[Chapter]:
    """Return the list of templates."""
    ready, presets = _templates(root), {one.xmlid: one for one in sources.records(PRESET, root)}
    found = []
    for phase, label in _phases(language, RULE, root):
        sections = tuple(_template(language, one, presets) for one in ready if _phase_of(one, presets) == phase)
        found += [Chapter(label, sections)] if sections else []
    return found


def _phase_of(rule: Record, presets: dict[str, Record]) -> str:
    """Return the phase of a template: its own, else that of its event."""
    preset = presets.get(rule.values.get("preset_id", ""))
    return rule.values.get("phase") or (preset.values["phase"] if preset else "other")


def _template(language: Language, rule: Record, presets: dict[str, Record]) -> Section:
    items = []
    if preset := presets.get(rule.values.get("preset_id", "")):
        items.append(_item(language, "event", f"[{_name(language, PRESET, preset)}](events.md#{preset.name})"))
    items += _addon(language, rule.addon)
    lines = (_name(language, RULE, rule, "description"), "\n".join(items))
    return Section("template", rule.name, _name(language, RULE, rule), tuple(filter(None, lines)))


def actions(language: Language, root: Path = paths.ROOT) -> list[Chapter]:
    """Return the reference of what a rule can do."""
    labels = {one.value: one for one in sources.selection(STEP, "kind", root)}
    kinds = sources.kinds(root)
    found = {one.kind: _action(language, one, labels.get(one.kind)) for one in kinds}
    headings = {one.kind: one.heading for one in kinds}
    chapters = [Chapter(language.words["every"], (), (_common_fields(language),))]
    for heading, label in _headings(language, root):
        sections = (found[kind] for kind in found if headings[kind] == heading)
        chapters.append(Chapter(label, tuple(sorted(sections, key=_by_title))))
    return chapters


def _headings(language: Language, root: Path) -> list[tuple[str, str]]:
    """Return the headings of the menu of actions, as returned by its method."""
    file = "models/step/menu.py"
    tree = ast.parse((root / CORE / file).read_text(encoding="utf-8"))
    node = next(node for node in ast.walk(tree) if isinstance(node, ast.Dict) and _is_heading(node))
    texts = {ast.literal_eval(key): _said(value) for key, value in zip(node.keys, node.values, strict=True) if key}
    return [(heading, language.translate(CORE, "", text)) for heading, text in texts.items()]


def _is_heading(node: ast.Dict) -> bool:
    return any(isinstance(key, ast.Constant) and key.value == "todo" for key in node.keys)


def _said(value: ast.expr) -> str:
    return str(ast.literal_eval(value.args[0])) if isinstance(value, ast.Call) else ""


def _action(language: Language, kind: Kind, label: Value | None) -> Section:
    title = language.value(label.addon, STEP, "kind", kind.kind, label.label) if label else kind.kind
    own = [field.name for field in OWN_FIELDS if kind.kind in field.kinds]
    items = [
        _item(language, "records", language.choose(_known(NEEDS, kind.needs, f"the kind {kind.kind}"))),
        *_addon(language, kind.addon),
    ]
    names = [*(name for name in kind.fields if name not in LEFT_OUT), *own]
    table = _table(language, ((kind.addon, name) for name in names))
    return Section("kind of action", f"kind-{kind.kind}", title, ("\n".join(items), *table), by_hand=True)


def _table(language: Language, fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    rows = []
    for addon, name in fields:
        label, help_text = language.field(addon, name)
        rows.append(f"| {label} | {help_text.replace('|', chr(92) + '|')} |")
    if rows:
        yield "\n".join([f"| {language.words['field']} | {language.words['meaning']} |", "| --- | --- |", *rows])


def _common_fields(language: Language) -> str:
    return next(_table(language, ((CORE, name) for name in COMMON_FIELDS)))


def reasons(language: Language, root: Path = paths.ROOT) -> list[Chapter]:
    """Return the reasons for skipped steps and stopped runs, A to Z."""
    found = []
    for what, (model, field) in REASONS.items():
        values = sources.selection(model, field, root)
        sections = (_reason(language, what, model, one) for one in values)
        found.append(Chapter(language.words[what], tuple(sorted(sections, key=_by_title))))
    return found


def _reason(language: Language, what: str, model: str, one: Value) -> Section:
    title = language.value(one.addon, model, one.field, one.value, one.label)
    lines = tuple(_addon(language, one.addon))
    return Section(f"{what} reason", f"{what}-{one.value}", title, lines, by_hand=True)


def _by_title(section: Section) -> str:
    """Return the sort key of a title: without accents and capitals."""
    plain = unicodedata.normalize("NFKD", section.title.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


PAGES: dict[str, Callable[[Language, Path], list[Chapter]]] = {
    "events.md": events,
    "actions.md": actions,
    "reasons.md": reasons,
    "templates.md": templates,
}
