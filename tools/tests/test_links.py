import pytest

from tools import links

PAGE = """\
# A page

## What it does: A & B

## What it does: A & B

<a id="kind-mail"></a>

Setext
------

[fine](other.md) [titled](other.md "Title") ![picture](images/one.png) [mail](mailto:a@b.c) [web](https://example.com)
[here](#a-page) [twice](#what-it-does-a--b-1) [id](#kind-mail) [old](#setext)
[around ![picture](images/one.png)](other.md)
<img src="images/one.png" alt=""/> [folder](images) [from the root](/page.md) [spaces](a%20b.md) [braces](a(1).md)

`[no link](gone.md)` <!-- [no link](gone.md) -->

```md
[no link](gone.md)
```
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "one.png").touch()
    for name in ("other.md", "a b.md", "a(1).md"):
        (tmp_path / name).write_text("# Other\n", encoding="utf-8")
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_what_is_there_is_no_finding(root):
    assert links.findings(root) == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("[dead](gone.md)", "gone.md does not exist"),
        ("[dead][ref]\n\n[ref]: gone.md", "gone.md does not exist"),
        ("![dead](images/two.png)", "images/two.png does not exist"),
        ('<img src="images/two.png">', "images/two.png does not exist"),
        ("[around ![dead](images/two.png)](other.md)", "images/two.png does not exist"),
        ("[anchor](other.md#gone)", "other.md#gone: there is no such heading or anchor"),
        ("[anchor](#gone)", "#gone: there is no such heading or anchor"),
        ("[a *title*](gone.md 'Title')", "gone.md does not exist"),
        ("| [in a table](gone.md) |", "gone.md does not exist"),
        ("[empty]()", "a link without a target"),
        ("[outside](../../etc)", None),
    ],
)
def test_a_dead_link_is_named_with_its_place(root, line, named):
    (root / "bad.md").write_text(f"# Bad\n\n{line}\n", encoding="utf-8")

    found = links.findings(root)

    assert len(found) == 1
    assert found[0].startswith(("bad.md:3: ", "bad.md:5: "))
    assert named is None or found[0].endswith(named)


def test_what_is_made_is_not_looked_at(root):
    (root / ".dev").mkdir()
    (root / ".dev" / "page.md").write_text("[dead](gone.md)", encoding="utf-8")

    assert links.findings(root) == []


def test_anchors_are_those_of_github():
    assert links.slugify("Délais : jours ouvrés, 1.5 `code` et [lien](a.md)") == "délais--jours-ouvrés-15-code-et-lien"
    assert links.slugify("Won't_do & more") == "wont_do--more"
