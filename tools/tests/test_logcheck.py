import pytest

from tools import logcheck
from tools.console import Problem

LOG = """\
Running as user 'root' is a security risk.
2026-11-22 06:05:28,812 2520 INFO ? odoo: Odoo version 19.0
<string>:38: (ERROR/3) Unexpected indentation.
2026-11-22 06:05:29,360 2520 INFO demo odoo.models: a WARNING in a text
"""
WARNING = "2026-11-22 06:05:30,000 2520 WARNING demo odoo.modules.graph: invalid module names, ignored: nope"


def test_a_clean_log_passes():
    logcheck.check(LOG, "install.log")


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_a_line_of_each_level_is_found(level):
    line = WARNING.replace("WARNING", level)

    assert logcheck.findings(LOG + line) == [line]


def test_the_problem_shows_the_line_and_where_to_read_on():
    with pytest.raises(Problem, match="invalid module names") as caught:
        logcheck.check(LOG + WARNING, "install.log")
    assert "install.log" in caught.value.cure


def test_known_harmless_lines_pass(monkeypatch):
    monkeypatch.setattr(logcheck, "ALLOWED", ("invalid module names",))

    assert logcheck.findings(WARNING) == []
