"""The walls between the rooms of the core: which room uses whose methods, and whether along the main direction.

Read from the sources alone: a use is ``x.name`` of a method defined by a class in another room. A name defined by
several rooms (a hook and its overrides) belongs to the lowest room; one that is only ever extended (``super()``) is
Odoo's, and belongs to no room.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from . import paths

MODELS = paths.ROOT / "crm_triggers" / "models"
# The main direction: each room depends on those before it. The order with the fewest uses against it.
ORDER = (
    "ground",
    "records",
    "rule",
    "capture",
    "step",
    "run",
    "signals",
    "catalog",
    "explanation",
    "trigger_kinds",
    "step_kinds",
    "queue",
    "evaluation",
)
_LEVEL = {room: level for level, room in enumerate(ORDER)}


class Use(NamedTuple):
    """A use of another room: from which room, the room it belongs to, its name."""

    user: str
    owner: str
    name: str


def room_of(path: Path, models: Path = MODELS) -> str:
    """Return the room of a source file."""
    parts = path.relative_to(models).parts
    return parts[0] if len(parts) > 1 else "ground"


def rooms(models: Path = MODELS) -> set[str]:
    """Return the names of the existing rooms."""
    return {room_of(path, models) for path in _files(models)}


def uses(models: Path = MODELS) -> Counter[Use]:
    """Return how often each name of a room is used in another one."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in _files(models)}
    owners = _find_owners(trees, models)
    found: Counter[Use] = Counter()
    for path, tree in trees.items():
        user = room_of(path, models)
        for name in _used_names(tree):
            owner = owners.get(name, user)
            if owner != user:
                found[Use(user, owner, name)] += 1
    return found


def against(found: Counter[Use]) -> Counter[Use]:
    """Return the uses against the main direction."""
    return Counter({use: count for use, count in found.items() if _LEVEL[use.owner] > _LEVEL[use.user]})


def _files(models: Path) -> list[Path]:
    return sorted(path for path in models.rglob("*.py") if path.name != "__init__.py")


def _find_owners(trees: dict[Path, ast.Module], models: Path) -> dict[str, str]:
    """Return ``{method name: room}`` of our own methods that start with an underscore."""
    defining: defaultdict[str, set[str]] = defaultdict(set)
    ours: set[str] = set()
    for path, tree in trees.items():
        for method in _methods(tree):
            defining[method.name].add(room_of(path, models))
            if not _extends(method):
                ours.add(method.name)
    return {name: min(defining[name], key=lambda room: (_LEVEL[room], room)) for name in ours}


def _methods(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from (part for part in node.body if isinstance(part, ast.FunctionDef) and _is_ours(part.name))


def _extends(method: ast.FunctionDef) -> bool:
    """Return whether a method calls the previous one of the same name."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == method.name
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "super"
        for node in ast.walk(method)
    )


def _is_ours(name: str) -> bool:
    """Return whether a name is private, and not Python's."""
    return name.startswith("_") and not name.startswith("__")


def _used_names(tree: ast.Module) -> Iterator[str]:
    return (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_ours(node.attr))
