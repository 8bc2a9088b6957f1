"""./dev shot: take the pictures of the documentation, in each language, of a fresh demo in that language."""

from argparse import ArgumentParser, Namespace

from .. import environment, postgres, system
from ..console import Problem
from ..pictures import screens, taking
from . import story


def add_arguments(parser: ArgumentParser) -> None:
    """Say which pictures."""
    parser.add_argument("names", nargs="*", metavar="NAME", help='such as "rule-form"; all of the demo without one')
    parser.add_argument("--all", action="store_true", help="those of ./dev story as well")


def _check(names: list[str]) -> None:
    known = [name for name in screens.SCREENS if not name.startswith(screens.STORY)]
    if unknown := sorted(set(names) - set(known)):
        raise Problem(f"no such picture of the demo: {', '.join(unknown)}", f"there are {', '.join(known)}")


def run(options: Namespace) -> int:
    """Take the named pictures, all of the demo without a name."""
    _check(options.names)
    chromium = system.require("chromium", "chromium")
    system.require_font()
    if options.all:
        story.require()
    environment.prepare()
    postgres.ensure()
    taking.shoot(options.names, chromium)
    return story.play(chromium) if options.all else 0
