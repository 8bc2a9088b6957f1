import re
import subprocess

import pytest

from tools import lock, paths, venvs

ENGINE, MODEL = "crm_triggers/engine/decision.py", "crm_triggers/models/base.py"


@pytest.fixture(scope="module")
def findings():
    """Return a function that returns the ruff rules broken by a text in a given file."""
    paths.STATE.mkdir(exist_ok=True)
    with lock.held(paths.LINT_LOCK):
        ruff = venvs.ensure("lint", "lint.txt").with_name("ruff")

    def check(text, file):
        command = [ruff, "check", "--output-format=concise", "--select=TID", "--stdin-filename", file, "-"]
        done = subprocess.run(command, input=text, cwd=paths.ROOT, capture_output=True, text=True, check=False)
        return [line.split()[1] for line in done.stdout.splitlines() if line.startswith(file)]

    return check


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("from odoo import fields\n", "TID251"),
        ("import odoo.tools\n", "TID251"),
        ("import time\n", "TID251"),
        ("from random import choice\n", "TID251"),
        ("from datetime import datetime\n\nNOW = datetime.now()\n", "TID251"),
        ("import datetime\n\nNOW = datetime.datetime.utcnow()\n", "TID251"),
        ("from datetime import date\n\nDAY = date.today()\n", "TID251"),
        ("from ..models import base\n", "TID252"),
    ],
)
def test_engine_knows_neither_odoo_nor_a_clock(findings, text, rule):
    assert findings(text, ENGINE) == [rule]
    assert findings(text, MODEL) == []


def test_engine_may_reckon_with_dates_it_is_given(findings):
    assert findings("from datetime import datetime, time, timedelta\n\nfrom .states import DONE\n", ENGINE) == []


def test_pre_commit_has_the_versions_of_dev_lint():
    config = (paths.ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)", (paths.REQUIREMENTS / "lint.txt").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r'"([\w-]+)==([\w.]+)"', config)

    assert {"ruff", "mypy", "pylint", "pylint-odoo", "bandit"} <= {name for name, _version in named}
    assert [(name, version) for name, version in named if pinned.get(name, version) != version] == []
