"""./dev wheel: one wheel per add-on, built by whool like OCA's; "--try" installs each in an empty environment."""

import shutil
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

from .. import addons, environment, paths, postgres, venvs, wheel_metadata, wheel_trial
from ..console import Problem, say, step


def add_arguments(parser: ArgumentParser) -> None:
    """Add the trial and the choice of add-ons to try."""
    parser.add_argument("addons", nargs="*", metavar="ADDON", help="with --try: only these")
    parser.add_argument("--try", dest="attempt", action="store_true", help="install, upgrade, uninstall each (long)")


def _build(name: str) -> None:
    if not (paths.ROOT / name / "pyproject.toml").exists():
        raise Problem(f"{name} has no pyproject.toml", "copy crm_triggers/pyproject.toml")
    with step(f"wheel of {name}"), tempfile.TemporaryDirectory() as folder:
        # No isolation: whool and its requirements are pinned in the environment it runs in.
        venvs.pip("wheel", "wheel", "--no-deps", "--no-build-isolation", "-w", folder, paths.ROOT / name)
        (wheel,) = Path(folder).glob("*.whl")
        wheel_metadata.complete(wheel, paths.DIST)


def run(options: Namespace) -> int:
    """Empty dist/ and build all wheels into it; try them, if requested."""
    if unknown := sorted(set(options.addons) - set(addons.shipped())):
        raise Problem(f"there is no add-on {', '.join(unknown)}", f"one of: {', '.join(addons.shipped())}")
    venvs.ensure("wheel", "wheel.txt")
    shutil.rmtree(paths.DIST, ignore_errors=True)
    paths.DIST.mkdir()
    for name in addons.shipped():
        _build(name)
    for path in sorted(paths.DIST.iterdir()):
        say(f"  {path.relative_to(paths.ROOT)}")
    return _try(options.addons or addons.shipped()) if options.attempt else 0


def _try(names: list[str]) -> int:
    environment.prepare()  # for PostgreSQL's programs
    postgres.ensure()
    return 1 if wheel_trial.attempt_all(names) else 0
