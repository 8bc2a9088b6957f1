"""./dev guide: write the references of the user guide from the data, in English and French."""

from argparse import ArgumentParser, Namespace

from .. import guide, paths
from ..console import say


def add_arguments(parser: ArgumentParser) -> None:
    """Add the check."""
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something is out of date")


def run(options: Namespace) -> int:
    """Write the pages, then list what they still lack; or only list it."""
    if not options.check:
        for path in guide.write():
            say(f"  {path.relative_to(paths.ROOT)} is up to date")
    found = guide.findings()
    for line in found:
        say(f"  {line}")
    return 1 if found else 0
