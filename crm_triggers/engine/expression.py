"""The expressions allowed in conditions: values and dates, nothing that executes code, grows or reads other data.

``safe_eval`` keeps code from reaching the system, not from taking an hour or all memory.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

MAX_LENGTH = 100_000  # maximum length: some ten thousand ids

_NODES = (
    ast.Add,
    ast.Attribute,
    ast.BinOp,
    ast.Call,
    ast.Constant,
    ast.Expression,
    ast.List,
    ast.Load,
    ast.Name,
    ast.Not,
    ast.Sub,
    ast.Tuple,
    ast.UAdd,
    ast.UnaryOp,
    ast.USub,
    ast.keyword,
)
_ATTRIBUTES = {
    "combine",
    "date",
    "datetime",
    "day",
    "days",
    "hour",
    "isoformat",
    "isoweekday",
    "max",
    "min",
    "minute",
    "month",
    "now",
    "replace",
    "second",
    "strftime",
    "strptime",
    "time",
    "timedelta",
    "today",
    "total_seconds",
    "utcnow",
    "weekday",
    "year",
}


def check(text: str, names: set[str]) -> None:
    """Refuse an expression that contains more than values and dates.

    :param names: allowed names
    :raises ValueError: names what is refused; also for invalid Python (SyntaxError is a subclass)
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"it is longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (MemoryError, RecursionError) as error:
        raise ValueError("it is nested too deeply") from error
    except SyntaxError as error:
        raise ValueError(str(error)) from error
    for node in ast.walk(tree):
        if not _is_allowed(node, names):
            raise ValueError(f"“{_describe(node)}” is not allowed")


@dataclass(frozen=True)
class Leaf:
    """One condition as written.

    ``path``: the field it reads; ``by_name``: it compares with more than numbers, so that the record at the end of
    the path is read; ``within``: the conditions on that record (``any``).
    """

    path: str
    by_name: bool
    within: tuple["Leaf", ...] = ()


def leaves(text: str) -> tuple[Leaf, ...]:
    """Return all conditions that an expression can ever evaluate, whatever its values will be.

    Evaluating it now is not enough: next to a condition that cannot hold, the others are not evaluated.

    :param text: an expression accepted by :func:`check`
    :raises ValueError: its conditions are not literal, so they may change with time
    """
    return tuple(_find_leaves(ast.parse(text.strip(), mode="eval").body))


def moving(text: str) -> frozenset[str]:
    """Return the fields that an expression compares with names, whose values change with time.

    :param text: an expression accepted by :func:`check`
    """
    found = set()
    for node in ast.walk(ast.parse(text.strip(), mode="eval")):
        parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
        if len(parts) == 3 and any(isinstance(part, ast.Name) for part in ast.walk(parts[2])):
            found.add(_get_constant(parts[0]))
    return frozenset(path for path in found if isinstance(path, str))


def _find_leaves(domain: ast.expr) -> Iterator[Leaf]:
    if isinstance(_get_constant(domain), bool):
        return  # all records, or none
    if not isinstance(domain, (ast.List, ast.Tuple)):
        raise ValueError(f"write its conditions out, “{ast.unparse(domain)}” may be others tomorrow")
    for item in domain.elts:
        if not (isinstance(item, ast.Constant) and item.value in ("&", "|", "!")):
            yield from _read_leaf(item)


def _read_leaf(item: ast.expr) -> Iterator[Leaf]:
    """Yield a condition; none for the constants ``(1, "=", 1)`` and ``(0, "=", 1)``."""
    parts = item.elts if isinstance(item, (ast.List, ast.Tuple)) else []
    if len(parts) != 3 or not all(isinstance(part, ast.Constant) for part in parts[:2]):
        raise ValueError(f"write the field of each condition out, and how it is compared: “{ast.unparse(item)}”")
    path, operator, value = parts
    if not _is_plain(_get_constant(operator)):
        raise ValueError(f"“{ast.unparse(operator)}” is no way to compare")
    if isinstance(path, ast.Constant) and isinstance(path.value, str):
        within = tuple(_find_leaves(value)) if _get_constant(operator) in ("any", "not any") else ()
        yield Leaf(path.value, not _is_number(value), within)
    elif not isinstance(value, ast.Constant):
        raise ValueError(f"“{ast.unparse(item)}” may hold or not hold tomorrow")


def _is_plain(operator: object) -> bool:
    """Return whether an operator is spelled canonically: Odoo reads ``ANY`` as ``any``, and so ``ANY!``, which
    bypasses record rules, where it refuses the lowercase form.
    """
    return isinstance(operator, str) and operator == operator.lower() and not operator.endswith("!")


def _get_constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _is_number(value: ast.expr) -> bool:
    """Return whether a value is an id, a list of ids, a boolean or nothing."""
    if isinstance(value, (ast.List, ast.Tuple)):
        return all(map(_is_number, value.elts))
    return isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, int))


def _is_allowed(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute):
        return node.attr in _ATTRIBUTES
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "replace":
        return not node.args  # of a date; that of a string takes its arguments by position, and multiplies
    return isinstance(node, _NODES)


def _describe(node: ast.AST) -> str:
    if isinstance(node, (ast.Name, ast.Attribute)):
        return node.id if isinstance(node, ast.Name) else node.attr
    return type(node).__name__
