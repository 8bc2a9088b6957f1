import pytest

from tools import addons


@pytest.fixture
def project(tmp_path):
    for path in ("toy/__manifest__.py", "toy/models/toy.py", "toy/tests/test_toy.py", "toy/i18n/toy.pot"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    return tmp_path


def test_a_changed_source_changes_the_hash(project):
    before = addons.source_hash(root=project)
    (project / "toy/models/toy.py").write_text("changed")

    assert addons.source_hash(root=project) != before


@pytest.mark.parametrize("path", ["toy/tests/test_toy.py", "toy/i18n/toy.pot"])
def test_what_is_not_installed_leaves_the_hash(project, path):
    before = addons.source_hash(root=project)
    (project / path).write_text("changed")

    assert addons.source_hash(root=project) == before


def test_tours_are_seen_in_the_tests(project):
    assert not addons.has_tours("toy", project)
    (project / "toy/tests/test_toy.py").write_text("self.start_tour('/odoo', 'toy')")

    assert addons.has_tours("toy", project)


def test_what_is_only_for_tests_is_not_shipped(project):
    (project / "test_toy").mkdir()
    (project / "test_toy/__manifest__.py").write_text("{}")

    assert addons.names(project) == ["test_toy", "toy"]
    assert addons.shipped(project) == ["toy"]
