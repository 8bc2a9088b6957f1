"""uv, which installs Python packages several times faster than pip, configured like pip on this machine."""

import ast
import functools
import os
import shutil
import sys
from pathlib import Path

from . import lock, paths, system
from .console import Problem, say
from .process import run, try_run

_FOLDER = paths.STATE / "venv-uv"
# Settings of pip, in the environment or files, and uv's variables for the same.
_VARIABLES = {
    "cert": "SSL_CERT_FILE",
    "constraint": "UV_CONSTRAINT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "index-url": "UV_DEFAULT_INDEX",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "trusted-host": "UV_INSECURE_HOST",
}
_SECTIONS = ("global", "install", ":env:")  # the later one has priority, as with pip
_OURS = {
    "UV_CACHE_DIR": str(paths.STATE / "uv-cache"),  # nothing outside the project is changed
    "UV_INDEX_STRATEGY": "unsafe-best-match",  # the best version of all indexes, as with pip
    "UV_PYTHON_DOWNLOADS": "never",
}


@functools.cache
def program() -> Path | None:
    """Return uv's path, installed by pip if necessary; None if it is unavailable, then pip is used."""
    requirements = paths.REQUIREMENTS / "uv.txt"
    done, wanted = _FOLDER / "requirements.txt", requirements.read_text(encoding="utf-8")
    with lock.held(paths.STATE / "lock-uv"):
        if not done.exists() or done.read_text(encoding="utf-8") != wanted:
            try:
                _fetch(requirements)
            except Problem:
                say("  note: uv is not available here, so pip installs the Python packages, which takes longer")
                return None
            shutil.copyfile(requirements, done)
    return _FOLDER / "bin" / "uv"


def _fetch(requirements: Path) -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)
    system.ensure_venv()
    log = paths.log_file("uv")
    run([sys.executable, "-m", "venv", _FOLDER], label="python3 -m venv", log=log)
    pip = [_FOLDER / "bin" / "python", "-m", "pip", "-q", "install", "--no-cache-dir", "--only-binary=:all:"]
    run([*pip, "-r", requirements], label="pip install", log=log)


@functools.cache
def environment() -> dict[str, str]:
    """Return the variables that make uv use pip's registries."""
    output = try_run([_FOLDER / "bin" / "python", "-m", "pip", "config", "list"]) or ""
    return {**translate(output), **_OURS}


def translate(listing: str) -> dict[str, str]:
    """Return the environment variables that give uv the settings of ``pip config list``; the user's own have
    priority.
    """
    found = {}
    lines = [line.partition("=") for line in listing.splitlines()]
    for section in _SECTIONS:
        for key, _equals, value in lines:
            variable = _VARIABLES.get(key.removeprefix(f"{section}."))
            if variable and key.startswith(f"{section}.") and variable not in os.environ:
                separator = "," if variable == "UV_FIND_LINKS" else " "
                found[variable] = separator.join(ast.literal_eval(value).split())
    return found
