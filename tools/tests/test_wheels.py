import pytest

from tools import addons, checks, wheel_metadata, wheel_trial
from tools.console import Problem

MANIFEST = {"website": "https://example.com/it", "maintainers": ["we"]}
METADATA = "Metadata-Version: 2.1\nName: odoo-addon-fax\nClassifier: Framework :: Odoo\n\nFaxes\n=====\n\nText.\n"
# Dependencies between OCA's add-ons.
OCA = {"contract_line_successor": ["contract"]}


def needed(name):
    """Return the names of all dependencies of an add-on beyond Odoo's own, including itself."""
    depends = addons.manifest(name)["depends"] if name in addons.shipped() else OCA.get(name, [])
    known = {*addons.shipped(), *checks.OCA_LICENSES}
    return {name}.union(*(needed(other) for other in depends if other in known))


@pytest.mark.parametrize("name", addons.shipped())
def test_page_says_what_to_install_with_an_odoo_that_pip_does_not_know(name):
    known, unknown = wheel_trial.commands(name)

    assert known == [f"pip install --find-links dist odoo-addon-{name}"]
    assert unknown[-1].startswith("pip install --no-deps --find-links dist ")
    named = [word.removeprefix("odoo-addon-") for word in unknown[-1].split() if word.startswith("odoo-addon-")]
    assert sorted(named) == sorted(needed(name))


def test_page_without_commands_is_named(tmp_path):
    (tmp_path / "fax" / "readme").mkdir(parents=True)
    (tmp_path / "fax" / "readme" / "INSTALL.md").write_text("Install it.\n", encoding="utf-8")

    with pytest.raises(Problem, match="fax"):
        wheel_trial.commands("fax", tmp_path)


def test_metadata_gets_what_pypi_shows_and_keeps_its_description():
    text = wheel_metadata.completed(METADATA, MANIFEST)

    head, _blank, description = text.partition("\n\n")
    assert description == "Faxes\n=====\n\nText.\n"
    assert {"Requires-Python: >=3.10", "Project-URL: Issues, https://example.com/it/issues"} <= set(head.splitlines())
    assert wheel_metadata.completed(text, MANIFEST) == text


@pytest.mark.parametrize("name", addons.shipped())
def test_manifest_says_what_the_apps_store_shows(name):
    manifest = addons.manifest(name)

    assert all(manifest[key] for key in ("name", "summary", "category", "author", "website", "maintainers", "images"))
    assert manifest["development_status"] in ("Alpha", "Beta", "Production/Stable", "Mature")
    assert manifest.get("installable", True)
    assert "price" not in manifest
