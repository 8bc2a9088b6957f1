"""Read an Odoo log: a warning or an error in an install is a failure, whatever the exit code."""

import re

from .console import Problem

_LEVEL = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?:WARNING|ERROR|CRITICAL) ")
# Known harmless lines of Odoo itself, each with the reason.
ALLOWED: tuple[str, ...] = ()


def findings(text: str) -> list[str]:
    """Return the lines of ``text`` logged as WARNING, ERROR or CRITICAL, except known harmless ones."""
    lines = (line for line in text.splitlines() if _LEVEL.match(line))
    return [line for line in lines if not any(pattern in line for pattern in ALLOWED)]


def check(text: str, source: object) -> None:
    """Raise a problem with the first findings, if there are any.

    :param source: the location of the log, for the message
    """
    if found := findings(text):
        shown = "\n".join(found[:10])
        raise Problem(f"Odoo logged {len(found)} warning(s) or error(s):\n{shown}", f"read {source} and fix the cause")
