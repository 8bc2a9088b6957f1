"""./dev test: the add-ons' tests with pytest-odoo on a fresh clone of a template, and the tests of the tools."""

import os

from .. import addons, database, environment, paths, postgres, pytest_runs, system, templates
from ..console import Problem, say, step

TOOLS = "tools"


def add_arguments(parser):
    """Add the filters."""
    parser.add_argument("addon", nargs="?", help=f'folder name of one add-on, or "{TOOLS}"; default: all of it')
    parser.add_argument("tags", nargs="?", help='passed to pytest as -k: words of test names, "stage and not company"')
    parser.add_argument("--coverage", action="store_true", help="show which lines of the add-ons no test ran")


def engine_tests(names):
    """Return the files with the tests of the ORM-free engine: they run whatever the filter."""
    patterns = [f"{name}/tests/**/test_engine*.py" for name in names]
    return [path for pattern in patterns for path in sorted(paths.ROOT.glob(pattern))]


def _odoo_options(clone):
    return [
        "-p",
        "tools.pytest_guard",
        f"--odoo-database={clone}",
        f"--odoo-config={paths.CONFIG}",
        "--odoo-log-level=warn",
        "--odoo-http",
    ]


def _coverage_options(options):
    return [f"--cov={name}" for name in addons.names()] + ["--cov-report=term-missing"] if options.coverage else []


def _run_addons(options, clone):
    folders = [options.addon] if options.addon else addons.names()
    selection = ["-k", options.tags] if options.tags else []
    arguments = _odoo_options(clone)
    counts = pytest_runs.run("addons", *arguments, *_coverage_options(options), *selection, *folders)
    # A filter by words leaves out any of them, one by folder those of the other folders.
    left_out = engine_tests(name for name in addons.names() if options.tags or name not in folders)
    if left_out:
        say("  The engine's own tests, which run whatever the filter:")
        counts += pytest_runs.run("engine", *arguments, *left_out)
    return counts


def _test_addons(options):
    system.ensure_browser()
    template = templates.ensure()
    clone = database.name(f"test_{os.getpid()}")
    with step("a fresh copy of the template"):
        database.clone(template, clone)
    try:
        return _run_addons(options, clone)
    finally:
        database.drop(clone)


def run(options):
    """Run the tests and end with one line of counts; return 0 only when all passed and there were some."""
    if options.addon not in (None, TOOLS, *addons.names()):
        raise Problem(f"there is no add-on {options.addon}", f"one of: {', '.join([*addons.names(), TOOLS])}")
    environment.prepare()
    counts = pytest_runs.Counts()
    if options.addon in (None, TOOLS):
        selection = ["-k", options.tags] if options.tags else []
        counts += pytest_runs.run("tools", "-p", "no:odoo", *selection, "tools/tests")
    if options.addon != TOOLS:
        postgres.ensure()
        counts += _test_addons(options)
    say(f"\n{counts}")
    return 1 if counts.failed or not counts.passed else 0
