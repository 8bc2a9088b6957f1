"""./dev fmt: format the Python sources and apply ruff's safe corrections."""

from argparse import Namespace

from .. import paths, venvs
from ..console import say
from ..process import run as run_program


def run(options: Namespace) -> None:
    """Format in place."""
    venvs.ensure("lint", "lint.txt")
    ruff, log = venvs.folder("lint") / "bin" / "ruff", paths.log_file("fmt")
    say(run_program([ruff, "check", "--fix-only", "--quiet", "."], label="ruff check", log=log, cwd=paths.ROOT).strip())
    say(run_program([ruff, "format", "."], label="ruff format", log=log, cwd=paths.ROOT).strip())
