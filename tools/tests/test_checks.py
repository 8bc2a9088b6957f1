from tools import checks


def test_matching_licenses_pass():
    licenses = {"crm_triggers": "LGPL-3", "crm_triggers_contract": "AGPL-3"}
    depends = {"crm_triggers": ["sale_crm"], "crm_triggers_contract": ["crm_triggers", "contract"]}

    assert checks.license_findings(licenses, depends) == []


def test_an_lgpl_bridge_to_an_agpl_add_on_is_found():
    found = checks.license_findings({"crm_triggers_contract": "LGPL-3"}, {"crm_triggers_contract": ["contract"]})

    assert found == ["crm_triggers_contract: LGPL-3, but it depends on contract, which is AGPL-3"]


def test_a_missing_license_is_found():
    assert checks.license_findings({"crm_triggers_x": None}, {"crm_triggers_x": []})


def test_the_core_stays_lgpl():
    assert checks.license_findings({"crm_triggers": "AGPL-3"}, {"crm_triggers": []})


def test_broken_xml_is_found_with_its_file(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__manifest__.py").write_text("{}")
    (tmp_path / "toy" / "view.xml").write_text("<odoo>")

    assert checks.xml_findings(tmp_path)[0].startswith("toy/view.xml: ")


def test_a_test_that_odoo_would_not_run_is_found(tmp_path):
    (tmp_path / "toy" / "tests" / "room").mkdir(parents=True)
    (tmp_path / "toy" / "__manifest__.py").write_text("{}")
    (tmp_path / "toy" / "tests" / "__init__.py").write_text("from .room import test_known\n")
    for name in ("test_known", "test_forgotten"):
        (tmp_path / "toy" / "tests" / "room" / f"{name}.py").touch()

    assert checks.forgotten_tests(tmp_path) == ["toy/tests/room/test_forgotten.py: not in toy/tests/__init__.py"]
