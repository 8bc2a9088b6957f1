import pytest

from tools import addons, paths, readmes

MANIFEST = """{
    "name": "CRM Triggers: Faxes", "summary": "Rules that send faxes", "license": "LGPL-3",
    "author": "We, They", "development_status": "Beta",
    "website": "https://example.com", "version": "19.0.1.0.0", "depends": [],
}"""


@pytest.fixture
def faxes(tmp_path):
    folder = tmp_path / "crm_triggers_fax"
    (folder / "readme").mkdir(parents=True)
    (folder / "__manifest__.py").write_text(MANIFEST, encoding="utf-8")
    (folder / "readme" / "USAGE.md").write_text("Press *Send*.\n", encoding="utf-8")
    (folder / "readme" / "DESCRIPTION.md").write_text("Sends faxes.\n", encoding="utf-8")
    return tmp_path


def test_page_has_the_fragments_in_order_below_their_headings(faxes):
    text = readmes.markdown("crm_triggers_fax", faxes)

    parts = [
        "Sends faxes.",
        readmes.CONTENTS,
        "# Usage",
        "Press *Send*.",
        "# Bug Tracker",
        "# Credits",
        "- We",
        "- They",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "# Configuration" not in text


def test_head_has_title_badges_and_summary(faxes):
    text = readmes.head("crm_triggers_fax", faxes)

    assert text.startswith("===================\nCRM Triggers: Faxes\n===================\n")
    assert all(f"badge/{badge}" in text for badge in ("maturity-Beta-yellow", "license-LGPL--3-blue"))
    assert "Rules that send faxes." in text


def test_digest_changes_with_a_fragment_and_with_the_manifest(faxes):
    before = readmes.digest("crm_triggers_fax", faxes)
    (faxes / "crm_triggers_fax" / "readme" / "USAGE.md").write_text("Press *Fax*.\n", encoding="utf-8")
    between = readmes.digest("crm_triggers_fax", faxes)
    changed = MANIFEST.replace("LGPL-3", "AGPL-3")
    (faxes / "crm_triggers_fax" / "__manifest__.py").write_text(changed, encoding="utf-8")

    assert len({before, between, readmes.digest("crm_triggers_fax", faxes)}) == 3


def test_page_that_is_older_than_its_fragments_is_named(monkeypatch):
    monkeypatch.setattr(readmes, "digest", lambda name, root=paths.ROOT: "other")

    assert len(readmes.findings()) == len(addons.shipped())


def test_picture_that_is_not_that_of_the_documentation_is_named(monkeypatch):
    icon = paths.ROOT / "crm_triggers" / "static" / "description" / "icon.png"
    other = paths.ROOT / "docs" / "images" / "rule-form.png"
    monkeypatch.setattr(readmes, "pictures", lambda name: {icon: other} if name == "crm_triggers" else {})

    assert readmes.findings() == [
        "crm_triggers/static/description/icon.png is not docs/images/rule-form.png: ./dev readme"
    ]
