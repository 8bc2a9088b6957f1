"""A pytest plugin for Odoo runs: what Odoo and pytest silently accept fails here.

A test fails if an error is logged that ``mute_logger`` or ``assertLogs`` does not expect, as with Odoo's own
runner; and a skipped test (a tour without a browser, say) makes the run fail. Tests that freeze the clock are timed
by one that is not frozen.
"""

import logging
import time
from collections.abc import Generator

import pytest


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.levelname} {record.name}: {record.getMessage()}")


_errors = _Errors()
_skipped: list[str] = []
_phase: dict[str, float] = {}


def pytest_configure() -> None:
    """Add a handler to the root logger; muted and asserted loggers do not reach it."""
    logging.getLogger().addHandler(_errors)


def _now() -> float:
    """Return the time of the one clock that freezegun does not freeze."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def pytest_runtest_logstart() -> None:
    """Start to time a test."""
    _phase["began"] = _now()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Time set-up, test and tear-down, which follow each other."""
    report = yield
    began, _phase["began"] = _phase["began"], _now()
    report.duration = _phase["began"] - began
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that logged an error."""
    _errors.messages.clear()
    result = yield
    if _errors.messages:
        pytest.fail("logged during the test:\n" + "\n".join(_errors.messages), pytrace=False)
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect skipped tests."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run with skipped tests."""
    if _skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the skipped tests."""
    if _skipped:
        terminalreporter.write_line(f"skipped, which counts as failed: {', '.join(_skipped)}", red=True)
