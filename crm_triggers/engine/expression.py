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


# Why an expression is refused.
TOO_LONG, TOO_DEEP, MALFORMED, FORBIDDEN = "too_long", "too_deep", "malformed", "forbidden"
NOT_LITERAL, NO_CONDITION, NO_OPERATOR, NOT_CONSTANT = "not_literal", "no_condition", "no_operator", "not_constant"


class ExpressionError(ValueError):
    """An expression that is refused.

    :param str problem: one of the constants above
    :param str part: the refused part of it; for ``TOO_LONG`` the allowed number of characters
    """

    def __init__(self, problem: str, part: str = "") -> None:
        super().__init__(f"{problem}: {part}")
        self.problem, self.part = problem, part


def check(text: str, names: set[str]) -> None:
    """Refuse an expression that contains more than values and dates.

    :param names: allowed names
    :raises ExpressionError: names what is refused; also for invalid Python
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(TOO_LONG, str(MAX_LENGTH))
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (MemoryError, RecursionError) as error:
        raise ExpressionError(TOO_DEEP) from error
    except (SyntaxError, ValueError) as error:  # ValueError: NUL characters
        raise ExpressionError(MALFORMED, str(error)) from error
    for node in ast.walk(tree):
        if not _is_allowed(node, names):
            raise ExpressionError(FORBIDDEN, _describe(node))


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
    :raises ExpressionError: its conditions are not literal, so they may change with time
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
        raise ExpressionError(NOT_LITERAL, ast.unparse(domain))
    for item in domain.elts:
        if not (isinstance(item, ast.Constant) and item.value in ("&", "|", "!")):
            yield from _read_leaf(item)


def _read_leaf(item: ast.expr) -> Iterator[Leaf]:
    """Yield a condition; none for the constants ``(1, "=", 1)`` and ``(0, "=", 1)``."""
    parts = item.elts if isinstance(item, (ast.List, ast.Tuple)) else []
    if len(parts) != 3 or not all(isinstance(part, ast.Constant) for part in parts[:2]):
        raise ExpressionError(NO_CONDITION, ast.unparse(item))
    path, operator, value = parts
    if not _is_plain(_get_constant(operator)):
        raise ExpressionError(NO_OPERATOR, ast.unparse(operator))
    if isinstance(path, ast.Constant) and isinstance(path.value, str):
        within = tuple(_find_leaves(value)) if _get_constant(operator) in ("any", "not any") else ()
        yield Leaf(path.value, not _is_number(value), within)
    elif not isinstance(value, ast.Constant):
        raise ExpressionError(NOT_CONSTANT, ast.unparse(item))


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
