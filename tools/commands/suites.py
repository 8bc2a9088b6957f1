"""./dev suites: the tests of Odoo and OCA's contract, with our add-ons and without; the results must be the same."""

import re
import subprocess

from .. import database, environment, odoo, paths, postgres, system, templates
from ..console import say, step

SUITES = ("crm", "sale_crm", "sale", "base_automation", "contract", "account")
_EXTRA = ("base_automation",)  # not among what we stand on
_FAILED = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)")
_TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def add_arguments(parser):
    """Add the choice of suites."""
    parser.add_argument("suites", nargs="*", metavar="ADDON", help=f"default: {' '.join(SUITES)}")


def outcome(log):
    """Return what a test log says: how many tests ran, and the names of those that did not pass."""
    totals = _TOTAL.findall(log)
    return (int(totals[-1][2]) if totals else 0), set(_FAILED.findall(log))


def _prepare(kind, template):
    """Return a clone of a template with what the suites need besides."""
    clone = database.name(f"suites_{kind}")
    database.clone(template, clone)
    odoo.install(clone, _EXTRA, log=f"suites-{kind}-install")
    return clone


def _run(suite, clone, kind):
    """Run one suite on a database without installing anything, so that our code is loaded all the time."""
    log = paths.log_file(f"suites-{kind}-{suite}")
    arguments = ["-d", clone, "--test-tags", f"/{suite}", "--stop-after-init", "--logfile", str(log)]
    log.unlink(missing_ok=True)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(odoo.command("server", *arguments), check=False, **quiet)
    return outcome(log.read_text(encoding="utf-8", errors="replace"))


def _compare(suite, clones):
    """Run a suite on both databases; return whether it went the same, and say so."""
    with step(f"the tests of {suite}, without and with our add-ons"):
        (bare_count, bare_failed), (count, failed) = (_run(suite, clones[kind], kind) for kind in ("without", "with"))
    same = failed == bare_failed and count == bare_count > 0
    sums = f"{count} tests, not passed: {len(bare_failed)} without, {len(failed)} with"
    say(f"  {'ok    ' if same else 'FAILED'} {suite}: {sums}")
    for name in sorted(failed ^ bare_failed):
        say(f"         only {'with' if name in failed else 'without'}: {name}")
    return same


def run(options):
    """Compare the suites one after the other; return 0 when all went the same."""
    environment.prepare()
    postgres.ensure()
    system.ensure_browser()
    clones = {"without": _prepare("without", templates.base()), "with": _prepare("with", templates.ensure())}
    try:
        results = [_compare(suite, clones) for suite in options.suites or SUITES]
    finally:
        for clone in clones.values():
            database.drop(clone)
    say(f"\n{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1
