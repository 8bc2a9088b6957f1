import subprocess

import pytest

from tools import changed

FILES = {
    "core/__manifest__.py": "{}",
    "core/models/run/pace.py": "",
    "core/models/bare/thing.py": "",
    "core/static/src/panel.js": "",
    "core/tests/common.py": "from .builders import build",
    "core/tests/builders.py": "",
    "core/tests/run/test_merge.py": "from ..common import Case",
    "core/tests/test_pace.py": "",
    "core/tests/test_panel.py": "self.start_tour('/odoo', 'panel')",
    "bridge/__manifest__.py": "{'depends': ['core']}",
    "bridge/tests/test_bridge.py": "from odoo.addons.core.tests.common import Case",
}


@pytest.fixture
def project(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("core/tests/test_pace.py", ["core/tests/test_pace.py"]),
        ("core/tests/builders.py", ["bridge/tests/test_bridge.py", "core/tests/run/test_merge.py"]),
        ("core/models/run/pace.py", ["core/tests/run/test_merge.py", "core/tests/test_pace.py"]),
        ("core/static/src/panel.js", ["core/tests/test_panel.py"]),
        ("core/i18n/fr.po", []),
        ("tools/cli.py", []),
    ],
)
def test_changed_file_calls_the_tests_it_touches(project, file, tests):
    assert changed.select([file], project) == tests


@pytest.mark.parametrize("file", ["core/models/bare/thing.py", "core/security/rules.xml", "core/engine/plan.py"])
def test_what_has_no_tests_of_its_own_calls_those_of_its_add_on_and_of_its_users(project, file):
    assert len(changed.select([file], project)) == 4


def test_new_packages_call_everything(project):
    assert changed.select(["requirements/pins.txt"], project) is None


def test_documents_and_tools_call_the_tests_of_the_tools(project):
    assert changed.touches_tools(["docs/story.md"], project)
    assert not changed.touches_tools(["core/models/run/pace.py"], project)


def test_changes_are_told_from_where_the_branch_left_main(tmp_path):
    def git(*arguments):
        options = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        subprocess.run(["git", "-C", tmp_path, *options, *arguments], check=True, capture_output=True)

    git("init", "-b", "main")
    (tmp_path / "old").write_text("")
    git("add", "old")
    git("commit", "-m", "Old")
    git("checkout", "-b", "work")
    (tmp_path / "committed").write_text("")
    git("add", "committed")
    git("commit", "-m", "New")
    (tmp_path / "not_yet").write_text("")

    assert changed.since(root=tmp_path) == ["committed", "not_yet"]
