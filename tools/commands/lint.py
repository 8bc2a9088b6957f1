"""./dev lint: ruff, mypy, pylint-odoo, bandit, pip check, XML, licenses, words, documentation; needs no Odoo."""

import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator

from .. import addons, checks, guide, links, next_version, paths, readmes, requirements, venvs, words
from ..console import say
from ..guide import labels
from ..pictures import screens

# Odoo's own rules only, general Python is checked by ruff. Left out: README.rst has a separate check, a manifest
# may declare empty data, and each kind of step has a file of its own. Not in .pylintrc, where "disable" is always
# read before "enable".
_PYLINT = (
    "--rcfile=.pylintrc",
    "--disable=all",
    "--enable=odoolint",
    "--disable=missing-readme,manifest-superfluous-key,consider-merging-classes-inherited",
)
# In the rooms of tests/, which pylint-odoo does not recognise as tests; texts there are not translated.
_PYLINT_OF_TESTS = "--disable=translation-required,odoo-addons-relative-import"
# Code independent of Odoo has types, and they are checked strictly.
TYPED = ("crm_triggers/engine", "crm_triggers/models/step/kinds.py", "tools")
Check = Callable[[], list[str]]
LOCK = paths.LINT_LOCK  # it needs nothing that the other commands create, so it may run in parallel


def _program(name: str, *arguments: str) -> Check:
    """Return a check that runs a program of the lint environment and returns its output when it fails."""

    def check() -> list[str]:
        command = [str(venvs.folder("lint") / "bin" / name), *arguments]
        given, taken, errors = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
        done = subprocess.run(command, cwd=paths.ROOT, text=True, stdin=given, stdout=taken, stderr=errors)
        return (done.stdout.splitlines() or [f"exit code {done.returncode}"]) if done.returncode else []

    return check


def add_arguments(parser: ArgumentParser) -> None:
    """Add the option to run our own checks only."""
    parser.add_argument("--own", action="store_true", help="only what needs nothing installed, as pre-commit asks for")


def _checks_of_programs() -> Iterator[tuple[str, Check]]:
    yield "ruff check", _program("ruff", "check", "--quiet", ".")
    yield "ruff format --check", _program("ruff", "format", "--check", "--quiet", ".")
    yield "mypy --strict", _program("mypy", *(path for path in TYPED if (paths.ROOT / path).exists()))
    tests = [f"{name}/tests" for name in addons.names()]
    yield "pylint-odoo", _program("pylint", *_PYLINT, "--ignore-paths=.*/tests/.*", *addons.names())
    yield "pylint-odoo of the tests", _program("pylint", *_PYLINT, _PYLINT_OF_TESTS, *tests)
    yield "bandit", _program("bandit", "-c", "bandit.yaml", "-q", "-r", *addons.names(), "tools")
    yield "pip check", checks.pin_findings


def _own_checks() -> Iterator[tuple[str, Check]]:
    yield "XML is well-formed", checks.xml_findings
    yield "tests that Odoo runs too", checks.forgotten_tests
    yield "licenses", checks.license_check
    yield "words on screen, in English and French", words.findings
    yield "requirements", requirements.findings
    yield "README.rst of the add-ons", readmes.findings
    yield "references of the user guide", guide.findings
    yield "labels that the user guide quotes", labels.findings
    yield "links of the documentation", links.findings
    yield "pictures and their screens", screens.findings
    yield "what Odoo 20 takes too", next_version.findings


def run(options: Namespace) -> int:
    """Run every check, even after a failure; return the exit code."""
    others = [] if options.own else _checks_of_programs()
    if not options.own:
        venvs.ensure("lint", "lint.txt")
    failed = total = 0
    for label, check in (*others, *_own_checks()):
        findings = check()
        total, failed = total + 1, failed + bool(findings)
        say(f"  {'FAILED' if findings else 'ok    '} {label}")
        for line in findings:
            say(f"         {line}")
    say(f"\n{total - failed} passed, {failed} failed")
    return 1 if failed else 0
