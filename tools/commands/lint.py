"""./dev lint: ruff, pylint-odoo, bandit, pip check, XML and licenses; needs no Odoo and no database."""

import subprocess

from .. import addons, checks, next_version, paths, requirements, venvs
from ..console import say

# Odoo's own rules only, general Python is ruff's. Left out: README.rst is generated from readme/ at release, a manifest
# may say that its data is empty, and each kind of step has a file of its own. Not in .pylintrc, where "disable" is
# always read before "enable".
_PYLINT = (
    "--rcfile=.pylintrc",
    "--disable=all",
    "--enable=odoolint",
    "--disable=missing-readme,manifest-superfluous-key,consider-merging-classes-inherited",
)


def _program(name, *arguments):
    """Return a check that runs a program of the lint environment and returns its output when it fails."""

    def check():
        command = [str(venvs.folder("lint") / "bin" / name), *arguments]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run(command, cwd=paths.ROOT, text=True, **streams)
        return (done.stdout.splitlines() or [f"exit code {done.returncode}"]) if done.returncode else []

    return check


def _checks():
    yield "ruff check", _program("ruff", "check", "--quiet", ".")
    yield "ruff format --check", _program("ruff", "format", "--check", "--quiet", ".")
    yield "pylint-odoo", _program("pylint", *_PYLINT, *addons.names())
    yield "bandit", _program("bandit", "-c", "bandit.yaml", "-q", "-r", *addons.names(), "tools")
    yield "pip check", checks.pin_findings
    yield "XML is well-formed", checks.xml_findings
    yield "licenses", checks.license_check
    yield "requirements", requirements.findings
    yield "what Odoo 20 takes too", next_version.findings


def run(options):
    """Run every check, not only up to the first that fails; return the exit code."""
    venvs.ensure("lint", "lint.txt")
    failed = total = 0
    for label, check in _checks():
        findings = check()
        total, failed = total + 1, failed + bool(findings)
        say(f"  {'FAILED' if findings else 'ok    '} {label}")
        for line in findings:
            say(f"         {line}")
    say(f"\n{total - failed} passed, {failed} failed")
    return 1 if failed else 0
