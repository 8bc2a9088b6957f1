import pytest

from tools import next_version


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("views/x.xml", '<t t-esc="name" />'),
        ("static/src/x.xml", '<t t-if="!state.busy" />'),
        ("static/src/x.xml", '<p t-attf-class="{{props.color}}" />'),
        ("models/room/x.py", "from pytz import timezone"),
        ("models/x.py", 'env["ir.config_parameter"].get_param("x")'),
        ("models/x.py", "self.env.registry.clear_cache()"),
        ("tests/test_x.py", "from odoo.tests import SingleTransactionCase"),
    ],
)
def test_what_odoo_20_refuses_is_found_with_its_line(tmp_path, path, line):
    file = tmp_path / "toy" / path
    file.parent.mkdir(parents=True)
    file.write_text(f"\n{line}\n")
    (tmp_path / "toy" / "__manifest__.py").write_text("{}")

    assert [found.split(": write ")[0] for found in next_version.findings(tmp_path)] == [f"toy/{path}:2"]


def test_what_both_take_passes(tmp_path):
    file = tmp_path / "toy" / "static" / "src" / "x.xml"
    file.parent.mkdir(parents=True)
    file.write_text('<t t-if="this.state.busy" t-out="line.state" />')
    (tmp_path / "toy" / "__manifest__.py").write_text("{}")

    assert next_version.findings(tmp_path) == []


def test_our_add_ons_keep_to_it():
    assert next_version.findings() == []
