"""The command line: one parser, one lock, problems shown with their fix."""

import argparse
import errno
import importlib
import os
from argparse import Namespace
from types import ModuleType

from . import paths
from .console import Problem, show_problem
from .lock import locked

COMMANDS = {
    "demo": "run Odoo 19 with our add-ons and demo data; builds everything it lacks",
    "test": "run the tests, from nothing to the result",
    "shell": "open Odoo's Python console on the demo database",
    "upgrade": "load the changed add-ons into the demo and restart its server",
    "lint": "check style, manifests, XML and licenses",
    "fmt": "format the Python sources",
    "pot": "export the translation templates and update the French files",
    "shot": "take the screenshots of the documentation",
    "story": "install the example process and play a sale from the web form to the renewal",
    "e2e": "play a newcomer's scenes in a browser against the demo",
    "suites": "run the tests of Odoo and OCA's contract with and without our add-ons (long)",
    "bench": "measure cost and throughput of rules, and write bench/README.md (about 20 minutes)",
    "torture": "uninstall, upgrade, kill workers, stop PostgreSQL, fill disks ... and count what was done (long)",
    "guide": "write the references of the user guide from the data",
    "requirements": "write which tests cite which requirement into docs/requirements.md",
    "readme": "write README.rst and the page of the Apps store of each add-on from its readme/",
    "wheel": "build a wheel of each add-on into dist/; --try installs, upgrades and uninstalls each (long)",
    "stop": "stop the demo server and our PostgreSQL",
    "clean": "stop, and remove everything ./dev made",
    "help": "show this help",
}
_EPILOG = "Everything is kept in .dev/ inside the project. See docs/development.md."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", description="Development of crm_triggers.", epilog=_EPILOG)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, text in COMMANDS.items():
        subparser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name != "help" and hasattr(_module(name), "add_arguments"):
            _module(name).add_arguments(subparser)
    return parser


def _module(name: str) -> ModuleType:
    return importlib.import_module(f".commands.{name}", __package__)


def _run(options: Namespace) -> int:
    """Run a command under its lock; it may return a function to call once the lock is free.

    :return: exit code
    """
    module = _module(options.command)
    with locked(options.command, getattr(module, "LOCK", paths.LOCK)):
        result = module.run(options)
    return result() if callable(result) else result or 0


def _keep_bytecode() -> None:
    """Have every started Python keep its bytecode in ``.dev/``: Odoo starts with 6 s of work instead of 11."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(paths.STATE / "pycache")


def main(arguments: list[str]) -> int:
    """Run ``./dev`` with these arguments and return the exit code."""
    _keep_bytecode()
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command in (None, "help"):
        parser.print_help()
        return 0
    try:
        return _run(options)
    except Problem as problem:
        show_problem(problem)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        show_problem(Problem("the disk is full", "free some space (about 3 GB are needed), then run it again"))
    except KeyboardInterrupt:
        show_problem(Problem("interrupted; the next ./dev continues from here"))
    return 1
