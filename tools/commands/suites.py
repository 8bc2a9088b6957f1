"""./dev suites: the tests of Odoo and OCA's contract, with our add-ons and without; the results must be the same.

With "test_lint", the findings of Odoo's own checks in our add-ons.
"""

import os
import re
import subprocess
from argparse import ArgumentParser, Namespace
from pathlib import Path

from .. import database, environment, odoo, paths, postgres, system, templates, venvs
from ..console import say, step

SUITES = ("crm", "sale_crm", "sale", "base_automation", "contract", "account", "test_lint")
_EXTRA = ("base_automation",)  # not among our dependencies
_FAILED = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)")
# The parts of test_lint about add-ons; pylint and eslint are run by ./dev lint.
_LINT = (
    "L10nLinter",
    "ManifestLinter",
    "PotLinter",
    "RoutesLinter",
    "TestConflictMarkers",
    "TestDocstring",
    "TestDunderinit",
    "TestI18n",
    "TestIndex",
    "TestJsTranslations",
    "TestLintOverrideSignatures",
    "TestNaming",
    "TestOnchangeDomains",
    "TestTestHoles",
)
_ACCEPTED = ("crm.trigger.execution.run_id ", "crm.trigger.run.rule_id ")  # prefixes of their unique indexes
_STAMPED = re.compile(r"\d{4}-\d\d-\d\d ")
_OURS = re.compile(r"='crm_triggers|='crm\.trigger|in crm_triggers|^crm\.trigger\.|/crm_triggers\w*/(?!\.)")
_TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the choice of suites."""
    parser.add_argument("suites", nargs="*", metavar="ADDON", help=f"default: {' '.join(SUITES)}")


def outcome(log: str) -> tuple[int, set[str]]:
    """Return the result in a test log: how many tests ran, and the names of those that did not pass."""
    totals = _TOTAL.findall(log)
    return (int(totals[-1][2]) if totals else 0), set(_FAILED.findall(log))


def lint_findings(log: str) -> list[str]:
    """Return the lines of a test_lint log about our add-ons."""
    found, failing = [], False
    for line in log.splitlines():
        if _STAMPED.match(line):
            failing = bool(_FAILED.search(line))
            line = line.partition("Subtest ")[2]  # preceded by the name of the database
        if failing and _OURS.search(line) and not line.startswith(("  File", *_ACCEPTED)):
            found.append(line)
    return found


def _lint(clone: str) -> bool:
    """Run Odoo's checks of add-ons; print the result and return whether ours have no findings."""
    log = paths.log_file("suites-lint")
    odoo.install(clone, ["test_lint"], log="suites-lint-install")
    checkers = venvs.ensure("lint", "lint.txt").parents[1].glob("lib/python*/site-packages")
    with step("Odoo's checks of add-ons"):
        tags = ",".join(f"/test_lint:{name}" for name in _LINT)
        count, _failed = _run_tests(tags, clone, log, PYTHONPATH=os.pathsep.join(map(str, checkers)))
    findings = lint_findings(log.read_text(encoding="utf-8", errors="replace"))
    verdict = "FAILED" if findings or not count else "ok    "
    say(f"  {verdict} test_lint: {count} tests, {len(findings)} findings about our add-ons")
    for line in findings:
        say(f"         {line}")
    return bool(count and not findings)


def _prepare(kind: str, template: str) -> str:
    """Return a clone of a template with the modules the suites need in addition."""
    clone = database.name(f"suites_{kind}")
    database.clone(template, clone)
    odoo.install(clone, _EXTRA, log=f"suites-{kind}-install")
    return clone


def _run(suite: str, clone: str, kind: str) -> tuple[int, set[str]]:
    return _run_tests(f"/{suite}", clone, paths.log_file(f"suites-{kind}-{suite}"))


def _run_tests(tags: str, clone: str, log: Path, **environ: str) -> tuple[int, set[str]]:
    """Run tests on a database without installing anything, so that our code is loaded throughout.

    :param environ: additional environment variables
    """
    arguments = ["-d", clone, "--test-tags", tags, "--stop-after-init", "--logfile", str(log)]
    log.unlink(missing_ok=True)
    quiet = subprocess.DEVNULL
    command = odoo.command("server", *arguments)
    subprocess.run(command, check=False, env=os.environ | environ, stdin=quiet, stdout=quiet, stderr=quiet)
    return outcome(log.read_text(encoding="utf-8", errors="replace"))


def _compare(suite: str, clones: dict[str, str]) -> bool:
    """Run a suite on both databases; print and return whether the results are the same."""
    with step(f"the tests of {suite}, without and with our add-ons"):
        (bare_count, bare_failed), (count, failed) = (_run(suite, clones[kind], kind) for kind in ("without", "with"))
    same = failed == bare_failed and count == bare_count > 0
    sums = f"{count} tests, not passed: {len(bare_failed)} without, {len(failed)} with"
    say(f"  {'ok    ' if same else 'FAILED'} {suite}: {sums}")
    for name in sorted(failed ^ bare_failed):
        say(f"         only {'with' if name in failed else 'without'}: {name}")
    return same


def run(options: Namespace) -> int:
    """Compare the suites one by one; return 0 if all results are the same."""
    system.ensure_browser()
    environment.prepare()
    postgres.ensure()
    clones = {"without": _prepare("without", templates.base()), "with": _prepare("with", templates.ensure())}
    try:
        suites = options.suites or SUITES
        results = [_lint(clones["with"]) if suite == "test_lint" else _compare(suite, clones) for suite in suites]
    finally:
        for clone in clones.values():
            database.drop(clone)
    say(f"\n{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1
