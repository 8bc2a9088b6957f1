"""Durations of tests: read from the JUnit file, stored for the order of the next run, and shown."""

import json
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path
from xml.etree.ElementTree import Element

from . import paths

Times = dict[str, float]  # seconds by name

SLOWEST = 10
_COLUMNS, _WIDTH = 3, 52


def of_tests(junit: Path) -> Times:
    """Return {test: seconds} of a run, a test called ``file::Class::name``; including set-up and tear-down."""
    total: defaultdict[str, float] = defaultdict(float)  # subtests are cases with the same name
    if junit.exists():
        for case in ElementTree.parse(junit).iter("testcase"):
            total[_get_name(case)] += float(case.get("time", 0))
    return dict(total)


def _get_name(case: Element) -> str:
    """Return the node id of a JUnit case: its class name is the dotted path of file and class."""
    file = case.get("file", "")
    inside = case.get("classname", "")[len(file.removesuffix(".py")) + 1 :]
    return "::".join(filter(None, (file, inside, case.get("name"))))


def of_files(tests: Times) -> Times:
    """Return {file: seconds}, the longest first."""
    total: defaultdict[str, float] = defaultdict(float)
    for name, seconds in tests.items():
        total[name.partition("::")[0]] += seconds
    return dict(sorted(total.items(), key=lambda item: -item[1]))


def read() -> Times:
    """Return {file: seconds} of the last runs of each file."""
    known: Times = json.loads(paths.TEST_TIMES.read_text(encoding="utf-8")) if paths.TEST_TIMES.exists() else {}
    return known


def keep(files: Times) -> None:
    """Store how long files took, as long as they exist."""
    known = {file: seconds for file, seconds in (read() | files).items() if (paths.ROOT / file).exists()}
    paths.TEST_TIMES.write_text(json.dumps(known, indent=0), encoding="utf-8")


def report(tests: Times) -> list[str]:
    """Return the lines with the time of each file, then the slowest tests."""
    files = [f"{seconds:7.1f} {_shorten(file)}" for file, seconds in of_files(tests).items()]
    slowest = sorted(tests.items(), key=lambda item: -item[1])[:SLOWEST]
    return [
        "  Seconds a file:",
        *_in_columns(files),
        f"  The {len(slowest)} slowest tests, with their set-up:",
        *(f"{seconds:7.1f} {name}" for name, seconds in slowest),
    ]


def _shorten(file: str) -> str:
    """Return a file without the common parts of its path."""
    short = file.replace("/tests/", ": ").replace(": test_", ": ").replace("/test_", "/")
    return short.removesuffix(".py")[: _WIDTH - 9]


def _in_columns(cells: list[str]) -> list[str]:
    height = -(-len(cells) // _COLUMNS)
    rows = [cells[start::height] for start in range(height)]
    return ["".join(cell.ljust(_WIDTH) for cell in row).rstrip() for row in rows]
