"""./dev bench: the cost and throughput of rules, measured on a separate database."""

import json
import os
import platform
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from bench import plot, report

from .. import database, environment, odoo, paths, postgres, process, templates, venvs
from ..console import Problem, say, step

SECTIONS = {
    "populate": "fill the database",
    "writes": "what saving costs",
    "over_http": "what saving costs over HTTP",
    "worker": "what is done a second",
    "sweep": "the clock",
    "signals": "what contacts do",
    "screens": "screens on a full log",
    "drain": "a full queue",
}
Section = dict[str, Any]  # titles and results, see bench/report.py
_FOLDER = paths.ROOT / "bench"
_RESULTS = _FOLDER / "results.json"
_CONSTANTS = {"batch": 500, "slow": 40}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the size of the database and the choice of sections."""
    parser.add_argument("--scale", type=float, default=1.0, help="1.0: 100,000 leads, 1,000,000 runs …; default 1.0")
    parser.add_argument("--only", nargs="+", metavar="SECTION", default=list(SECTIONS), help=f"of {' '.join(SECTIONS)}")
    parser.add_argument("--keep", action="store_true", help="leave bench/README.md and its figures as they are")


def run(options: Namespace) -> int:
    """Measure, and write ``bench/README.md``; return 0 when all goals are met."""
    if unknown := set(options.only) - set(SECTIONS):
        raise Problem(f"there is no section {', '.join(sorted(unknown))}", f"one of: {', '.join(SECTIONS)}")
    environment.prepare()
    postgres.ensure()
    load, start = os.getloadavg()[0], time.monotonic()
    results = _measure(options)
    about = _describe(options, load, time.monotonic() - start)
    if options.keep:
        say(report.write(results, about, _CONSTANTS))
    else:
        _write(results, about)
    missed = report.missed(results)
    say("\n".join(["", *(f"missed: {line}" for line in missed), f"{len(missed)} goals missed"]))
    return 1 if missed else 0


def _measure(options: Namespace) -> list[Section]:
    """Run the sections on a fresh copy of the tests' template, with base_automation installed."""
    clone = database.name(f"bench_{os.getpid()}")
    try:
        with step("a fresh copy of the template, with base_automation"):
            database.clone(templates.ensure(), clone)
            odoo.install(clone, ["base_automation"], log="bench-install")
        return [_run_section(name, clone, options.scale) for name in _chosen(options)]
    finally:
        database.drop(clone)


def _chosen(options: Namespace) -> list[str]:
    return [name for name in SECTIONS if name == "populate" or name in options.only]


def _run_section(name: str, clone: str, scale: float) -> Section:
    command = [venvs.folder("odoo") / "bin" / "python", "-m", "bench", name]
    options = ["-c", paths.CONFIG, "-d", clone, "--scale", scale]
    with step(SECTIONS[name]):
        output = process.run([*command, *options], label=name, log=paths.log_file(f"bench-{name}"), cwd=paths.ROOT)
    result: Section = json.loads(next(line for line in reversed(output.splitlines()) if line.startswith("{")))
    say(report.write_table(result["rows"]))
    return result


def _write(results: list[Section], about: dict[str, str]) -> None:
    charts = [chart for section in results for chart in section.get("charts", ())]
    _RESULTS.write_text(json.dumps({"about": about, "sections": results}, indent=1) + "\n", encoding="utf-8")
    (_FOLDER / "results.svg").write_text(plot.draw(charts), encoding="utf-8")
    (_FOLDER / "README.md").write_text(report.write(results, about, _CONSTANTS), encoding="utf-8")


def _describe(options: Namespace, load: float, seconds: float) -> dict[str, str]:
    """Return the conditions of the measurement: scale, machine, versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = [f"Odoo {environment.fingerprint()}", f"Python {platform.python_version()}"]
    machine = f"{os.cpu_count()} cores ({_get_processor()}), {memory:.0f} GB"
    return {
        "Scale": f"{options.scale:g} (1 is 100,000 leads, 50,000 quotations, 20,000 contracts with 1,000,000 lines, "
        "200 rules, 1,000,000 past runs)",
        "Machine": f"{machine}, {platform.system()} {platform.release()}",
        "Versions": ", ".join([*versions, postgres.sql("SHOW server_version")[0]]),
        "When": f"{time.strftime('%Y-%m-%d')}, {seconds / 60:.0f} minutes, load {load:.1f} before",
    }


def _get_processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
