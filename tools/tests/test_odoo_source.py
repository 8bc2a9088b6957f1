import pytest

from tools import odoo_source
from tools.console import Problem


@pytest.fixture
def tree(tmp_path):
    """Return a function that makes a folder looking like an Odoo of a version."""

    def make(version="19, 0, 0, FINAL, 0, ''", name="tree"):
        release = tmp_path / name / "odoo" / "release.py"
        release.parent.mkdir(parents=True)
        release.write_text(f"version_info = ({version})\n")
        return tmp_path / name

    return make


def test_series_is_read_from_release_py(tree, tmp_path):
    assert odoo_source.series_of(tree()) == "19.0"
    assert odoo_source.series_of(tmp_path / "nothing") is None


def test_home_is_taken_first(tree, monkeypatch):
    home = tree()
    monkeypatch.setenv("ODOO_HOME", str(home))

    assert odoo_source.find() == home


def test_home_may_be_an_unpacked_debian_package(tree, tmp_path, monkeypatch):
    inner = tree(name="root/usr/lib/python3/dist-packages")
    monkeypatch.setenv("ODOO_HOME", str(tmp_path / "root"))

    assert odoo_source.from_home() == inner


def test_home_of_another_series_is_an_error_with_its_cure(tree, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(tree("18, 0, 0, FINAL, 0, ''")))

    with pytest.raises(Problem, match=r"holds Odoo 18\.0") as caught:
        odoo_source.find()
    assert "ODOO_HOME" in caught.value.cure


def test_a_finder_without_a_tree_leaves_it_to_the_next(tree):
    finders = [("first", lambda: None), ("second", tree), ("third", lambda: pytest.fail("asked although found"))]

    assert odoo_source.find(finders).name == "tree"


def test_none_found_says_what_to_do():
    with pytest.raises(Problem) as caught:
        odoo_source.find([("first", lambda: None)])
    assert "git clone" in caught.value.cure


def test_the_order_is_home_import_debian_git():
    finders = [finder for _label, finder in odoo_source.FINDERS]

    assert finders == [
        odoo_source.from_home,
        odoo_source.from_import,
        odoo_source.from_debian,
        odoo_source.from_git,
    ]


def test_a_git_url_passes_debian_over(monkeypatch):
    monkeypatch.setenv("ODOO_GIT_URL", "/somewhere/odoo")

    assert odoo_source.from_debian() is None
