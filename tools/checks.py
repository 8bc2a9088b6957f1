"""Checks that do not need Odoo: XML is well-formed, tests are imported, licenses and packages are compatible."""

import ast
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import addons, paths, venvs
from .console import Problem

CORE, CORE_LICENSE = "crm_triggers", "LGPL-3"
# Licenses of the add-ons in requirements/oca.txt, from their manifests.
OCA_LICENSES = {
    "contract": "AGPL-3",
    "contract_line_successor": "AGPL-3",
    "contract_termination": "AGPL-3",
    "crm_phonecall": "AGPL-3",
    "queue_job": "LGPL-3",
}


def xml_findings(root: Path = paths.ROOT) -> list[str]:
    """Return one line for each XML file of an add-on that cannot be parsed."""
    found = []
    for name in addons.names(root):
        for path in sorted((root / name).rglob("*.xml")):
            try:
                ElementTree.parse(path)
            except ElementTree.ParseError as error:
                found.append(f"{path.relative_to(root)}: {error}")
    return found


def forgotten_tests(root: Path = paths.ROOT) -> list[str]:
    """Return one line for each test file that ``tests/__init__.py`` does not import: pytest finds it, Odoo does not.

    Tests with threads are left out: while Odoo runs tests it holds the lock of the registries, which a thread needs.
    """
    found = []
    for name in addons.names(root):
        tests = root / name / "tests"
        imported = _imported(tests / "__init__.py") if tests.exists() else set()
        forgotten = [
            path for path in sorted(tests.rglob("test_*.py")) if path.stem not in imported and not _has_threads(path)
        ]
        found += [f"{path.relative_to(root)}: not in {name}/tests/__init__.py" for path in forgotten]
    return found


def _has_threads(test: Path) -> bool:
    return any(line.startswith(("import threading", "from threading")) for line in test.read_text("utf-8").splitlines())


def _imported(init: Path) -> set[str]:
    tree = ast.parse(init.read_text(encoding="utf-8"))
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}


def pin_findings() -> list[str]:
    """Return the conflicts between packages that uv, or pip, reports in each existing environment.

    Known vulnerabilities of a version require an online database, so they are not checked here.
    """
    found = []
    for stamp in sorted(paths.STATE.glob("venv-*/requirements.stamp")):
        name = stamp.parent.name.removeprefix("venv-")
        try:
            venvs.check(name)
        except Problem as problem:
            found += [f"{name}: {line}" for line in str(problem).splitlines()]
    return found


def _oca_findings() -> list[str]:
    lines = (paths.REQUIREMENTS / "oca.txt").read_text(encoding="utf-8").splitlines()
    required = {line.split("==")[0].removeprefix("odoo-addon-") for line in lines if line.startswith("odoo-addon-")}
    unknown = sorted(required - set(OCA_LICENSES))
    return [f"requirements/oca.txt: {name} has no license in tools/checks.py" for name in unknown]


def license_findings(licenses: dict[str, str | None], depends: dict[str, list[str]]) -> list[str]:
    """Return one line for each add-on whose license is missing or incompatible with its dependencies.

    :param dict licenses: add-on -> license or None, ours
    :param dict depends: add-on -> list of the names it depends on, ours
    """
    known = {**OCA_LICENSES, **licenses}
    found = []
    for name, license_name in sorted(licenses.items()):
        affero = sorted(other for other in depends[name] if known.get(other) == "AGPL-3")
        if license_name not in (CORE_LICENSE, "AGPL-3"):
            found.append(f"{name}: license {license_name}, expected {CORE_LICENSE} or AGPL-3")
        elif name == CORE and license_name != CORE_LICENSE:
            found.append(f"{name}: license {license_name}, the core is {CORE_LICENSE}")
        elif affero and license_name != "AGPL-3":
            found.append(f"{name}: {license_name}, but it depends on {', '.join(affero)}, which is AGPL-3")
    return found


def license_check() -> list[str]:
    """Return the license findings of this project."""
    manifests = {name: addons.manifest(name) for name in addons.names()}
    licenses = {name: values.get("license") for name, values in manifests.items()}
    depends = {name: values.get("depends", []) for name, values in manifests.items()}
    return _oca_findings() + license_findings(licenses, depends)
