"""The walls between the rooms of the core: who uses whose methods, and whether along the main direction.

Read from the sources alone: a use is ``x.name`` of a method that a class in another room defines, or an import from
it. A name that several rooms define (a hook and its overrides) belongs to the room nearest the ground.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from . import paths

MODELS = paths.ROOT / "crm_triggers" / "models"
# The main direction: each room stands on those of the lines above it.
LEVELS = (
    ("ground",),
    ("capture",),
    ("step",),
    ("records", "queue", "catalog"),
    ("rule",),
    ("trigger_kinds",),
    ("run", "step_kinds", "explanation"),
    ("evaluation",),
)
_LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}


class Use(NamedTuple):
    """A use of something of another room: from which room, in which room it stands, its name."""

    user: str
    owner: str
    name: str


def room_of(path: Path, models: Path = MODELS) -> str:
    """Return the room that a source file stands in."""
    parts = path.relative_to(models).parts
    return parts[0] if len(parts) > 1 else "ground"


def rooms(models: Path = MODELS) -> set[str]:
    """Return the names of the rooms that are there."""
    return {room_of(path, models) for path in _files(models)}


def uses(models: Path = MODELS) -> Counter[Use]:
    """Return how many times each thing of a room is used in another one."""
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
    """Return those uses that run against the main direction."""
    return Counter({use: count for use, count in found.items() if _LEVEL[use.owner] > _LEVEL[use.user]})


def _files(models: Path) -> list[Path]:
    return sorted(path for path in models.rglob("*.py") if path.name != "__init__.py")


def _find_owners(trees: dict[Path, ast.Module], models: Path) -> dict[str, str]:
    """Return ``{method name: room}`` of our own methods, those that begin with an underscore."""
    defining: defaultdict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, ast.FunctionDef) and _is_ours(part.name):
                        defining[part.name].add(room_of(path, models))
    return {name: min(found, key=lambda room: (_LEVEL[room], room)) for name, found in defining.items()}


def _is_ours(name: str) -> bool:
    """Tell whether a method is not one of Python's; those of Odoo that we extend are nobody's room."""
    return name.startswith("_") and not name.startswith("__")


def _used_names(tree: ast.Module) -> Iterator[str]:
    return (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_ours(node.attr))
