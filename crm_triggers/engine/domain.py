"""Analysis of Odoo domains without a database.

A domain is a list in Odoo's prefix notation: conditions ``(path, operator, value)`` and the
operators ``"&"``, ``"|"``, ``"!"``; neighbours without an operator are joined by "and".
A boolean condition is written ``(1, "=", 1)`` or ``(0, "=", 1)``.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Condition = tuple[str, str, Any]
Domain = Iterable[Any]  # conditions and operators
Tree = Any  # True, False, a condition, or ("&" | "|", [trees]) or ("!", tree)

_ARITY = {"&": 2, "|": 2, "!": 1}


def parse(domain: Domain) -> Tree:
    """Return the domain as a tree; an empty domain is ``True``.

    :raises ValueError: an operator lacks its operands
    """
    stack: list[Tree] = []
    for item in reversed(list(domain)):
        if isinstance(item, str):
            arity = _ARITY.get(item)
            if arity is None or len(stack) < arity:
                raise ValueError(f"malformed domain around {item!r}")
            operands = [stack.pop() for _ in range(arity)]
            stack.append((item, operands[0] if arity == 1 else operands))
        else:
            stack.append(_leaf(tuple(item)))
    return ("&", stack[::-1]) if len(stack) != 1 else stack[0]


def _leaf(condition: tuple[Any, ...]) -> Tree:
    if condition[0] in (0, 1):
        return (condition[0] == 1) == (condition[1:] == ("=", 1))
    return condition


def terms(domain: Domain) -> list[Tree]:
    """Return what the domain joins by "and", in order, each a tree; none for an empty domain."""
    tree = parse(domain)
    return [] if tree is True else _flatten(tree)


def _flatten(tree: Tree) -> list[Tree]:
    if isinstance(tree, bool) or tree[0] != "&":
        return [tree]
    return [term for operand in tree[1] for term in _flatten(operand)]


def join(trees: Iterable[Tree]) -> list[Any]:
    """Return the domain of all these terms; the inverse of :func:`terms`."""
    return [item for tree in trees for item in _unparse(tree)]


def conditions(domain: Domain) -> list[Condition]:
    """Return the conditions of the domain, in order, without boolean ones."""
    return [tuple(item) for item in domain if not isinstance(item, str) and item[0] not in (0, 1)]


def root_fields(domain: Domain) -> frozenset[str]:
    """Return the fields of the record itself that the domain reads: ``stage_id`` for ``stage_id.is_won``."""
    return frozenset(path.split(".")[0] for path, _operator, _value in conditions(domain))


def pins(domain: Domain) -> dict[str, frozenset[Any]]:
    """Return the fields that the domain restricts to given values; other values cannot match.

    Only conditions that every matching record must meet count (top-level "and"), with
    ``=`` or ``in`` on scalar values that compare the same in Python and in a column.
    """
    pinned: dict[str, frozenset[Any]] = {}
    for condition in _conjuncts(parse(domain)):
        path, operator, value = condition
        values: Any = {"=": [value], "in": value}.get(operator)
        if "." in path or not _are_plain(values):
            continue
        pinned[path] = pinned.get(path, frozenset(values)) & frozenset(values)
    return pinned


def _conjuncts(tree: Tree) -> list[Condition]:
    if isinstance(tree, bool):
        return []
    if tree[0] == "&":
        return [leaf for child in tree[1] for leaf in _conjuncts(child)]
    return [] if tree[0] in ("|", "!") else [tree]


def _are_plain(values: Any) -> bool:
    """False is left out: a column holds NULL where the domain says False."""
    return isinstance(values, (list, tuple, set, frozenset)) and all(
        value and isinstance(value, (int, str)) and not isinstance(value, bool) for value in values
    )


def may_match(pinned: Mapping[str, frozenset[Any]], row: Mapping[str, Any]) -> bool:
    """Return whether a row of raw column values can match a domain with these pins."""
    return all(row[field] in values for field, values in pinned.items() if field in row)


def holds(tree: Tree, row: Mapping[str, Any]) -> bool:
    """Return whether a row of raw column values meets conditions on these columns.

    :param tree: its conditions compare columns by ``=``, ``!=``, ``in`` or ``not in`` with plain
        values; False stands for an empty column
    """
    if isinstance(tree, bool):
        return tree
    if tree[0] == "!":
        return not holds(tree[1], row)
    if tree[0] in ("&", "|"):
        return (all if tree[0] == "&" else any)(holds(child, row) for child in tree[1])
    field, operator, value = tree
    values = value if operator in ("in", "not in") else [value]
    return ((row[field] or False) in values) == (operator in ("=", "in"))


def fold(domain: Domain, verdict: Callable[[Condition], bool | None]) -> bool | list[Any]:
    """Replace the conditions that ``verdict`` decides and simplify the rest.

    :param verdict: called with each condition; True or False decides it, None keeps it
    :return: True or False if that decides the domain, else a domain (list) of the rest
    """
    tree = _fold(parse(domain), verdict)
    return tree if isinstance(tree, bool) else _unparse(tree)


def _fold(tree: Tree, verdict: Callable[[Condition], bool | None]) -> Tree:
    if isinstance(tree, bool):
        return tree
    if tree[0] == "!":
        child = _fold(tree[1], verdict)
        return (not child) if isinstance(child, bool) else ("!", child)
    if tree[0] not in ("&", "|"):
        known = verdict(tree)
        return tree if known is None else known
    absorbing = tree[0] == "|"
    children = [_fold(child, verdict) for child in tree[1]]
    if absorbing in [child for child in children if isinstance(child, bool)]:
        return absorbing
    rest = [child for child in children if not isinstance(child, bool)]
    return (tree[0], rest) if len(rest) > 1 else (rest[0] if rest else not absorbing)


def _unparse(tree: Tree) -> list[Any]:
    if isinstance(tree, bool):
        return [(int(tree), "=", 1)]
    if tree[0] == "!":
        return ["!", *_unparse(tree[1])]
    if tree[0] not in ("&", "|"):
        return [tree]
    parts = [_unparse(child) for child in tree[1]]
    return [tree[0]] * (len(parts) - 1) + [item for part in parts for item in part]
