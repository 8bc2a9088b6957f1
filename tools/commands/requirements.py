"""./dev requirements: write which tests cite which requirement into docs/requirements.md."""

from argparse import Namespace

from .. import paths, requirements
from ..console import say


def run(options: Namespace) -> None:
    """Rewrite the page."""
    text = requirements.PAGE.read_text(encoding="utf-8")
    requirements.PAGE.write_text(requirements.rewritten(text), encoding="utf-8")
    say(f"  {requirements.PAGE.relative_to(paths.ROOT)} is up to date")
