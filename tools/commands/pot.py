"""./dev pot: export the terms of every add-on with Odoo's own exporter and update the translations."""

import subprocess

from .. import addons, environment, odoo, paths, postgres, templates, venvs
from ..console import say, step

_EXPORT = """\
from odoo.tools.translate import trans_export
for name in {names!r}:
    with open(f"{folder}/{{name}}.pot", "wb") as stream:
        trans_export(None, [name], stream, "po", env)
"""


def add_arguments(parser):
    """Add the check."""
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something is out of date")


def _export():
    """Export every add-on, its demo data too, as Odoo does for its own; return the folder with the files."""
    folder = paths.STATE / "pot"
    folder.mkdir(exist_ok=True)
    template = templates.ensure_demo()
    with step("export by Odoo"):
        odoo.script(template, _EXPORT.format(names=addons.names(), folder=folder), log="pot")
    return folder


def _treat(action, name, folder):
    """Run tools.pot_files where polib is; return its findings."""
    arguments = [action, name, folder / f"{name}.pot", paths.ROOT / name / "i18n"]
    command = [venvs.python("odoo"), "-m", "tools.pot_files", *arguments]
    done = subprocess.run([str(part) for part in command], cwd=paths.ROOT, text=True, stdout=subprocess.PIPE)
    return done.stdout.strip().splitlines() if done.returncode else []


def run(options):
    """Write the files, or check them and end with a line of counts."""
    environment.prepare()
    postgres.ensure()
    folder = _export()
    findings = {name: _treat("check" if options.check else "write", name, folder) for name in addons.names()}
    for name, lines in findings.items():
        say(f"  {'FAILED' if lines else 'ok    '} translations of {name}")
        for line in lines:
            say(f"         {line}")
    failed = sum(map(bool, findings.values()))
    if options.check:
        say(f"\n{len(findings) - failed} passed, {failed} failed")
    return 1 if failed else 0
