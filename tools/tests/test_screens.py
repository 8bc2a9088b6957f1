import ast
import hashlib
import json

import pytest

from tools import paths
from tools.pictures import screens

VIEW, OTHER = "addon/views/one_views.xml", "addon/views/other_views.xml"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project with one screen of one view, its pictures in both languages, and the pages that show them."""
    monkeypatch.setattr(screens, "SCREENS", {"one": ("addon/views/one*.xml",)})
    files = {VIEW: "<form/>", OTHER: "<list/>", "docs/page.md": "![one](images/one.png)"}
    files["docs/fr/page.md"] = "![un](../images/fr/one.png)"
    for name, text in files.items():
        write(tmp_path, name, text)
    for picture in ("one.png", "fr/one.png"):
        take(tmp_path, picture)
    return tmp_path


def write(root, name, text):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def take(root, picture):
    write(root, f"docs/images/{picture}", "")
    screens.record(root / "docs" / "images" / picture, root)


def test_what_is_as_it_was_is_no_finding(root):
    assert screens.findings(root) == []


def test_a_picture_older_than_its_screen_is_named_with_what_changed(root):
    write(root, VIEW, "<form><field/></form>")
    write(root, OTHER, "<list><field/></list>")

    assert screens.findings(root) == [
        f"docs/images/one.png is older than its screen ({VIEW}): ./dev shot one",
        f"docs/images/fr/one.png is older than its screen ({VIEW}): ./dev shot one",
    ]

    take(root, "one.png")
    assert screens.findings(root) == [f"docs/images/fr/one.png is older than its screen ({VIEW}): ./dev shot one"]


@pytest.mark.parametrize("text", ["<!-- A comment -->\n<form/>", "<form/>\n\n", "/* why */ <form/>", "// why\n<form/>"])
def test_comments_and_wrapping_make_no_picture_old(root, text):
    write(root, VIEW, text)

    assert screens.findings(root) == []


def test_a_file_that_came_or_went_changes_a_screen(root):
    write(root, "addon/views/one_more.xml", "<form/>")
    assert "(addon/views/one_more.xml)" in screens.findings(root)[0]
    (root / "addon/views/one_more.xml").unlink()
    (root / VIEW).unlink()
    assert f"({VIEW})" in screens.findings(root)[0]


def test_a_picture_nobody_took_is_older_than_its_screen(root):
    (root / "docs/images/screens.json").unlink()

    assert len(screens.findings(root)) == 2


def test_a_picture_that_is_not_there_is_named(root, monkeypatch):
    (root / "docs/images/fr/one.png").unlink()
    monkeypatch.setitem(screens.SCREENS, "story-01-two", ("addon/views/one*.xml",))

    assert screens.findings(root) == [
        "docs/images/fr/one.png is not there: ./dev shot one",
        "docs/images/story-01-two.png is not there: ./dev story",
        "docs/images/fr/story-01-two.png is not there: ./dev story",
    ]


def test_a_picture_on_no_page_is_named(root):
    write(root, "docs/page.md", "no picture")

    assert screens.findings(root) == ["docs/images/one.png is on no page"]


def test_a_picture_of_an_unknown_screen_is_named(root):
    write(root, "docs/images/two.png", "")
    write(root, "docs/two.md", "![two](images/two.png)")

    assert screens.findings(root) == ["docs/images/two.png: tools/pictures/screens.py does not say what it shows"]


def test_a_page_that_shows_the_other_language_is_named(root):
    write(root, "docs/fr/page.md", "![un](../images/fr/one.png)\n\n![one](../images/one.png)")

    assert screens.findings(root) == ["docs/fr/page.md:3: one.png is in the other language"]


def test_what_is_recorded_names_files_by_their_hash_and_forgets_pictures_that_are_gone(root):
    (root / "docs/images/one.png").unlink()
    take(root, "fr/one.png")

    taken = json.loads((root / "docs/images/screens.json").read_text(encoding="utf-8"))
    assert taken == {"fr/one.png": {VIEW: hashlib.sha256(b"<form/>").hexdigest()[:12]}}


@pytest.mark.parametrize("name", screens.SCREENS)
def test_every_screen_is_made_of_files_that_are_there(name):
    for pattern in screens.SCREENS[name]:
        assert any(paths.ROOT.glob(pattern)), pattern


def test_every_picture_of_the_demo_has_a_function_of_its_name():
    # Not imported: what drives a browser needs Playwright.
    names = set()
    for file in ("pictures_of_records.py", "pictures_of_rules.py"):
        tree = ast.parse((paths.ROOT / "tools" / "browsing" / file).read_text(encoding="utf-8"))
        names |= {node.name.strip("_").replace("_", "-") for node in tree.body if isinstance(node, ast.FunctionDef)}

    assert {name for name in screens.SCREENS if not name.startswith(screens.STORY)} <= names
