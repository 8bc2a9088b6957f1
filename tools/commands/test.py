"""./dev test: the add-ons' tests with pytest-odoo on fresh clones of a template, and the tests of the tools."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from .. import addons, changed, database, environment, paths, postgres, pytest_runs, system, templates, timings
from ..console import Problem, say, step
from ..pytest_runs import Counts

TOOLS = "tools"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the filters."""
    parser.add_argument("addon", nargs="?", help=f'folder name of one add-on, or "{TOOLS}"; default: all of it')
    parser.add_argument("tags", nargs="?", help='passed to pytest as -k: words of test names, "stage and not company"')
    parser.add_argument("--changed", action="store_true", help="what a change since main touches, and the engine")
    parser.add_argument("--coverage", action="store_true", help="show which lines of the add-ons no test ran")
    parser.add_argument("--cores", type=int, default=system.cores(), help="number of parallel test processes")


def engine_tests(targets: list[str], tags: str | None = None) -> list[Path]:
    """Return the test files of the ORM-free engine that a filter left out: they run with any filter.

    :param targets: folders and files to run
    :param tags: a filter by words, which may leave out any of them
    """
    chosen = [paths.ROOT / target for target in targets]
    files = sorted(path for name in addons.names() for path in (paths.ROOT / name / "tests").glob("**/test_engine*.py"))
    return [file for file in files if tags or not any(file.is_relative_to(target) for target in chosen)]


def _odoo_options(clone: str) -> list[str]:
    return [
        "-p",
        "tools.pytest_guard",
        f"--odoo-database={clone}",
        f"--odoo-config={paths.CONFIG}",
        "--odoo-log-level=warn",
        "--odoo-http",
    ]


def _worker_options(cores: int) -> list[str]:
    return ["-p", "tools.pytest_workers", "-n", str(cores), "--no-loadscope-reorder"] if cores > 1 else []


def _coverage_options(options: Namespace) -> list[str]:
    return [f"--cov={name}" for name in addons.names()] + ["--cov-report=term-missing"] if options.coverage else []


def _list_clones(name: str, cores: int) -> list[str]:
    """Return the names of the databases of a run called ``name``: workers append their own."""
    return [database.of_worker(name, f"gw{number}") for number in range(cores)] if cores > 1 else [name]


def _run_addons(options: Namespace, targets: list[str], name: str) -> Counts:
    selection = ["-k", options.tags] if options.tags else []
    arguments = [*_odoo_options(name), *_worker_options(options.cores), *_coverage_options(options)]
    counts = pytest_runs.run("addons", *arguments, *selection, *targets)
    if left_out := engine_tests(targets, options.tags):
        say("  The engine's own tests, which run with any filter:")
        counts += pytest_runs.run("engine", *_odoo_options(_list_clones(name, options.cores)[0]), *left_out)
    return counts


def _test_addons(options: Namespace, targets: list[str]) -> Counts:
    postgres.ensure()
    template, name = templates.ensure(), database.name(f"test_{os.getpid()}")
    clones = _list_clones(name, options.cores)
    try:
        with step("a fresh copy of the template for each worker"):
            for clone in clones:
                database.clone(template, clone)
        return _run_addons(options, targets, name)
    finally:
        for clone in clones:
            database.drop(clone)


def _show_times(runs: list[str]) -> None:
    """Show where the time went, and store it: the next run starts with the longest files."""
    tests = {name: seconds for run in runs for name, seconds in timings.of_tests(pytest_runs.junit_file(run)).items()}
    timings.keep(timings.of_files(tests))
    say("\n".join(["", *timings.report(tests)]))


def _choose(options: Namespace) -> tuple[bool, list[str]]:
    """Return whether the tests of the tools run, and which folders and files of the add-ons."""
    if options.changed:
        files = changed.since()
        targets = changed.select(files)
        return changed.touches_tools(files), addons.names() if targets is None else targets
    return options.addon in (None, TOOLS), [name for name in addons.names() if options.addon in (None, name)]


def run(options: Namespace) -> int:
    """Run the tests and end with one line of counts; return 0 only if all passed and there were some."""
    if options.addon not in (None, TOOLS, *addons.names()):
        raise Problem(f"there is no add-on {options.addon}", f"one of: {', '.join([*addons.names(), TOOLS])}")
    tools, targets = _choose(options)
    if not tools and not targets:
        say("  nothing that changed since main has tests")
        return 0
    if targets:
        system.ensure_browser()
    environment.prepare()
    counts = pytest_runs.Counts()
    if tools:
        selection = ["-k", options.tags] if options.tags else []
        counts += pytest_runs.run("tools", "-p", "no:odoo", *selection, "tools/tests")
    if targets:
        counts += _test_addons(options, targets)
    _show_times(["tools"] * tools + ["addons"] * bool(targets))
    say(f"\n{counts}")
    return 1 if counts.failed or not counts.passed else 0
