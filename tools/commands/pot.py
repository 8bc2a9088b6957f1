"""./dev pot: export the terms of every add-on with Odoo's own exporter and update the translations."""

import subprocess
from argparse import ArgumentParser, Namespace
from pathlib import Path

from .. import addons, database, environment, odoo, paths, postgres, templates, venvs
from ..console import say, step

# Besides our own: dependencies of our demo records.
_DEMO_OF = ("base", "utm", "product", "sales_team", "crm", "sale")
_EXPORT = """\
from odoo.modules import Manifest
from odoo.tools.convert import convert_file
from odoo.tools.translate import trans_export
for name in {loaded!r}:
    for file in Manifest.for_addon(name)["demo"]:
        convert_file(env, name, file, {{}}, "init", noupdate=True)
for name in {names!r}:
    with open(f"{folder}/{{name}}.pot", "wb") as stream:
        trans_export(None, [name], stream, "po", env)
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the check."""
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something is out of date")


def _export() -> Path:
    """Export every add-on, with its demo data, as Odoo does for its own; return the folder with the files.

    From a copy of the tests' template with the exported demo data only; all demo data would take minutes.
    """
    folder, names = paths.STATE / "pot", addons.shipped()
    folder.mkdir(exist_ok=True)
    template, clone = templates.ensure(), database.name("pot")
    with step("demo data and export by Odoo"):
        database.clone(template, clone)
        script = _EXPORT.format(loaded=(*_DEMO_OF, *names), names=names, folder=folder)
        try:
            odoo.script(clone, script, log="pot")
        finally:
            database.drop(clone)
    return folder


def _treat(action: str, name: str, folder: Path) -> list[str]:
    """Run tools.pot_files in the environment with polib; return its findings."""
    arguments = [action, name, folder / f"{name}.pot", paths.ROOT / name / "i18n"]
    command = [venvs.python("odoo"), "-m", "tools.pot_files", *arguments]
    done = subprocess.run([str(part) for part in command], cwd=paths.ROOT, text=True, stdout=subprocess.PIPE)
    return done.stdout.strip().splitlines() if done.returncode else []


def run(options: Namespace) -> int:
    """Write the files, or check them and end with a line of counts."""
    environment.prepare()
    postgres.ensure()
    folder = _export()
    findings = {name: _treat("check" if options.check else "write", name, folder) for name in addons.shipped()}
    for name, lines in findings.items():
        say(f"  {'FAILED' if lines else 'ok    '} translations of {name}")
        for line in lines:
            say(f"         {line}")
    failed = sum(map(bool, findings.values()))
    if options.check:
        say(f"\n{len(findings) - failed} passed, {failed} failed")
    return 1 if failed else 0
