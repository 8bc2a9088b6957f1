"""./dev wheel: one wheel an add-on, built by whool as OCA's are."""

import shutil
from argparse import Namespace

from .. import addons, paths, venvs
from ..console import Problem, say, step


def run(options: Namespace) -> None:
    """Build all wheels into dist/, which is emptied first."""
    venvs.ensure("wheel", "wheel.txt")
    shutil.rmtree(paths.DIST, ignore_errors=True)
    for name in addons.shipped():
        if not (paths.ROOT / name / "pyproject.toml").exists():
            raise Problem(f"{name} has no pyproject.toml", "copy crm_triggers/pyproject.toml")
        with step(f"wheel of {name}"):
            # No isolation: whool and what it needs are pinned in the environment it runs in.
            venvs.pip("wheel", "wheel", "--no-deps", "--no-build-isolation", "-w", paths.DIST, paths.ROOT / name)
    for path in sorted(paths.DIST.iterdir()):
        say(f"  {path.relative_to(paths.ROOT)}")
