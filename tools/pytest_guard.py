"""A pytest plugin for Odoo runs: what Odoo and pytest let pass in silence fails here.

A test during which an error is logged, and not expected by ``mute_logger`` or ``assertLogs``, fails as it does under
Odoo's own runner; and a skipped test (a tour without a browser, say) makes the run fail.
"""

import logging

import pytest


class _Errors(logging.Handler):
    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(f"{record.levelname} {record.name}: {record.getMessage()}")


_errors = _Errors()
_skipped = []


def pytest_configure():
    """Listen on the root logger; muted and asserted loggers don't reach it."""
    logging.getLogger().addHandler(_errors)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test that logged an error."""
    _errors.messages.clear()
    result = yield
    if _errors.messages:
        pytest.fail("logged during the test:\n" + "\n".join(_errors.messages), pytrace=False)
    return result


def pytest_runtest_logreport(report):
    """Remember skipped tests."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session):
    """Fail a run that skipped something."""
    if _skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Name what was skipped."""
    if _skipped:
        terminalreporter.write_line(f"skipped, which counts as failed: {', '.join(_skipped)}", red=True)
