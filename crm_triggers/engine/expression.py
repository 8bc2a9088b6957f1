"""What a condition may be written with: values and dates, nothing that runs, grows or looks around.

``safe_eval`` keeps code from reaching the system, not from taking an hour or all of the memory.
"""

import ast

MAX_LENGTH = 100_000  # characters: some ten thousand ids

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
    """Refuse an expression that says more than values and dates.

    :param names: what may be named
    :raises ValueError: says what is refused; also for what is no Python expression (SyntaxError is one)
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


def _is_allowed(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute):
        return node.attr in _ATTRIBUTES
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "replace":
        return not node.args  # a date's; that of a text takes its arguments by place, and multiplies
    return isinstance(node, _NODES)


def _describe(node: ast.AST) -> str:
    if isinstance(node, (ast.Name, ast.Attribute)):
        return node.id if isinstance(node, ast.Name) else node.attr
    return type(node).__name__
