"""The contents of the product, read from its sources without Odoo: presets, templates, kinds of actions, reasons."""

import ast
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .. import addons, paths
from ..console import Problem

STATES = "crm_triggers/engine/states.py"


class Record(NamedTuple):
    """A record of the data of an add-on: a preset, or a template."""

    addon: str
    name: str  # without its add-on
    values: dict[str, str]

    @property
    def xmlid(self) -> str:
        """Return its external id."""
        return f"{self.addon}.{self.name}"


class Value(NamedTuple):
    """A selection value, as declared by an add-on."""

    addon: str
    field: str
    value: str
    label: str


class Kind(NamedTuple):
    """A declared kind of action."""

    addon: str
    kind: str
    heading: str
    needs: str
    fields: tuple[str, ...]


def records(model: str, root: Path = paths.ROOT) -> list[Record]:
    """Return the records of a model in the add-ons' data, except demo data, in screen order."""
    found = [record for addon in addons.shipped(root) for record in _records_of(addon, model, root)]
    return sorted(found, key=lambda record: int(record.values.get("sequence", "10")))


def _records_of(addon: str, model: str, root: Path) -> Iterator[Record]:
    for file in addons.manifest(addon, root).get("data", []):
        if not file.endswith(".xml"):
            continue
        for node in ElementTree.parse(root / addon / file).iter("record"):
            if node.get("model") == model:
                yield Record(addon, node.get("id", ""), _values(node, addon))


def _values(node: ElementTree.Element, addon: str) -> dict[str, str]:
    found = {}
    for field in node.iter("field"):
        text = " ".join((field.text or "").split()) or field.get("eval", "")
        if reference := field.get("ref"):
            text = reference if "." in reference else f"{addon}.{reference}"
        found[field.get("name", "")] = text
    return found


def selection(model: str, field: str, root: Path = paths.ROOT) -> list[Value]:
    """Return the values of one of our selections, including those added by other add-ons.

    :raises Problem: a value is not a literal
    """
    states = _constants(ast.parse((root / STATES).read_text(encoding="utf-8")))
    known = {f"states.{name}": value for name, value in states.items()}
    found = []
    for addon, path in _models(root, f"{field} = fields.Selection("):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for pair in _pairs(tree, model, field):
            value = _resolve(pair.elts[0], known | _constants(tree), path)
            found.append(Value(addon, field, value, str(ast.literal_eval(pair.elts[1]))))
    return found


def _models(root: Path, text: str) -> Iterator[tuple[str, Path]]:
    """Yield add-on and path of the models that contain a text: only these are parsed."""
    for addon in addons.shipped(root):
        for path in sorted((root / addon / "models").rglob("*.py")):
            if text in path.read_text(encoding="utf-8"):
                yield addon, path


def _pairs(tree: ast.Module, model: str, field: str) -> Iterator[ast.Tuple]:
    """Yield the pairs (value, label) that the classes of a model assign to a field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and model in _names_of(node):
            for line in node.body:
                if isinstance(line, ast.Assign) and _is_name(line.targets[0], field):
                    yield from _pairs_of(line.value)


def _names_of(node: ast.ClassDef) -> set[str]:
    return {
        text.value
        for line in node.body
        if isinstance(line, ast.Assign)
        and (_is_name(line.targets[0], "_name") or _is_name(line.targets[0], "_inherit"))
        for text in ast.walk(line.value)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }


def _pairs_of(call: ast.expr) -> Iterator[ast.Tuple]:
    if not isinstance(call, ast.Call):
        return
    named = [word.value for word in call.keywords if word.arg in ("selection", "selection_add")]
    for given in (*call.args, *named):
        if isinstance(given, ast.List):
            yield from (one for one in given.elts if isinstance(one, ast.Tuple) and len(one.elts) == 2)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _constants(tree: ast.Module) -> dict[str, str]:
    """Return ``{name: text}`` of a module's string constants."""
    found = {}
    for line in tree.body:
        if isinstance(line, ast.Assign):
            for name, value in _assigned(line.targets[0], line.value):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found[name.id] = value.value
    return found


def _assigned(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=False))
    return [(target, value)]


def _resolve(node: ast.expr, known: dict[str, str], path: Path) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    name = ast.unparse(node)
    if name not in known:
        cure = "use a string, or a constant of the same file or of engine/states.py"
        raise Problem(f"{path.name}, line {node.lineno}: the guide cannot determine {name}", cure)
    return known[name]


def kinds(root: Path = paths.ROOT) -> list[Kind]:
    """Return the kinds of actions declared by the add-ons."""
    return [
        _kind(addon, node)
        for addon, path in _models(root, "StepKind(")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _is_name(node.func, "declare") and len(node.args) == 2
        if isinstance(node.args[1], ast.Call) and _is_name(node.args[1].func, "StepKind")
    ]


def _kind(addon: str, node: ast.Call) -> Kind:
    declared = {word.arg: word.value for word in getattr(node.args[1], "keywords", []) if word.arg}

    def read(name: str, default: object) -> object:
        return ast.literal_eval(declared[name]) if name in declared else default

    fields = read("manager_fields", ())
    named = tuple(str(field) for field in fields) if isinstance(fields, (tuple, list)) else ()
    heading, needs = str(read("heading", "more")), str(read("needs", None) or "")
    return Kind(addon, str(ast.literal_eval(node.args[0])), heading, needs, named)
