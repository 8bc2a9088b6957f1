"""Start pytest and count its results from the JUnit file, which does not depend on the output format."""

from __future__ import annotations

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import paths, venvs


@dataclass
class Counts:
    """Numbers of passed and failed tests; errors, skips and an aborted run count as failed."""

    passed: int = 0
    failed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


def read_counts(junit: Path, exit_code: int) -> Counts:
    """Return the counts of one run; a non-zero exit code is at least one failure (5: no tests found).

    :param Path junit: the file written by pytest; may be missing after an abort
    """
    if not junit.exists():
        return Counts(failed=1)
    [suite] = ElementTree.parse(junit).getroot().iter("testsuite")
    failed = sum(int(suite.get(kind, "0")) for kind in ("failures", "errors", "skipped"))
    passed = max(int(suite.get("tests", "0")) - failed, 0)
    return Counts(passed, max(failed, 1) if exit_code else failed)


def junit_file(name: str) -> Path:
    """Return the path of the results of a run called ``name``."""
    return paths.log_file(f"junit-{name}").with_suffix(".xml")


def run(name: str, *arguments: object, environment: Mapping[str, str] | None = None) -> Counts:
    """Run pytest in the Odoo environment with its output on the terminal; return the counts.

    :param environment: variables read by the tests
    """
    junit = junit_file(name)
    junit.unlink(missing_ok=True)
    options = [
        "-c",
        paths.ROOT / "pyproject.toml",
        "--rootdir",
        paths.ROOT,
        f"--junitxml={junit}",
        "-o",
        "junit_family=xunit1",  # contains the path of the test file
        f"--basetemp={paths.STATE / 'tmp'}",
    ]
    command = [venvs.python("odoo"), "-m", "pytest", *options, *arguments]
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        cwd=paths.ROOT,
        # Otherwise the server started by tests would run the jobs of their database, which they create and inspect.
        env={**os.environ, **(environment or {}), "ODOO_QUEUE_JOB_CHANNELS": "root:0"},
    )
    return read_counts(junit, done.returncode)
