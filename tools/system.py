"""Requirements of the machine: free space, programs, and Debian packages for missing ones."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from . import lock, paths
from .console import Problem, say, step
from .process import run

NEEDED_BYTES = 3 * 1024**3  # measured: 1.3 GB for a demo and the test templates, the rest is headroom
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")  # names that Odoo searches for
FONTS = Path("/usr/share/fonts")


def is_root() -> bool:
    """Return whether this process runs as root."""
    return os.geteuid() == 0


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def check_space(path: Path = paths.ROOT, needed: int = NEEDED_BYTES) -> None:
    """Raise a problem if there is not enough disk space for a first build."""
    free = shutil.disk_usage(path).free
    if free < needed:
        have, need = free / 1024**3, needed / 1024**3
        raise Problem(
            f"only {have:.1f} GB are free on the disk of {path}, a first build needs {need:.0f} GB",
            "free some space, or clone the project on another disk",
        )


def require(program: str, package: str) -> str:
    """Return the path of ``program``, installing its Debian package when run as root.

    :raises Problem: it is missing and cannot be installed; the fix is one line to paste
    """
    found = shutil.which(program)
    if not found:
        install_package(package)
        found = shutil.which(program)
    if not found:
        raise Problem(f"{program} is still missing after installing {package}", f"check the package {package}")
    return found


def install_package(package: str) -> None:
    """Install a Debian package when run as root, else raise a problem with the line to paste."""
    line = f"apt-get update && apt-get install -y --no-install-recommends {package}"
    if not (is_root() and shutil.which("apt-get")):
        raise Problem(f"the Debian package {package} is needed", line.replace("apt-get", "sudo apt-get"))
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    log = paths.log_file("apt")
    with (
        lock.held(paths.STATE / "lock-apt"),
        step(f"installing the Debian package {package} with apt-get (run as root, so ./dev may)"),
    ):
        run(["apt-get", "-q", "update"], label="apt-get update", log=log, env=env)
        run(line.split(" && ")[1].split(), label=f"apt-get install {package}", log=log, env=env)


def ensure_venv() -> None:
    """Check that this Python can create virtual environments, which Debian packages separately."""
    if importlib.util.find_spec("ensurepip") is None:
        install_package(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")


def browser() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def ensure_browser() -> str | None:
    """Return a browser's path; as root install Chromium, otherwise print how to and return None."""
    if not browser():
        _try_install("chromium", "no Chromium, so tours are skipped, which counts as a failure")
    return browser()


def ensure_pdf() -> bool:
    """Return whether Odoo can create PDFs; as root install what it needs, otherwise print how to."""
    if not shutil.which("wkhtmltopdf"):
        _try_install("wkhtmltopdf", "no wkhtmltopdf, so the quotations and invoices of the demo are mailed without PDF")
    return bool(shutil.which("wkhtmltopdf"))


def require_font() -> None:
    """See to the font that our pictures are in: another one has other widths, and cuts texts."""
    if not any(FONTS.rglob("LiberationSans-Regular.*")):
        install_package("fonts-liberation")


def _try_install(package: str, without: str) -> None:
    """Install an optional package, or print the consequence and the line to paste."""
    try:
        install_package(package)
    except Problem as problem:
        say(f"  note: {without}. {problem.cure or problem}")
