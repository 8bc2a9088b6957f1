"""Virtual environments in ``.dev/``, rebuilt when requirements or the folder change, or their Python is missing.

By uv if available, else by venv and pip.
"""

import hashlib
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from . import paths, system, uv
from .console import step
from .process import run

PIP_ENV = {
    # Without messages about its own updates and about root; real errors are still shown.
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PIP_NO_INPUT": "1",
    "PIP_CACHE_DIR": str(paths.STATE / "pip-cache"),  # nothing outside the project is changed
}


def folder(name: str) -> Path:
    """Return the folder of the environment called ``name``."""
    return paths.STATE / f"venv-{name}"


def python(name: str) -> Path:
    """Return the interpreter of the environment called ``name``."""
    return folder(name) / "bin" / "python"


def pip(name: str, *arguments: object) -> str:
    """Run the pip of an environment; its output is logged and shown only if it fails."""
    log = paths.log_file(f"pip-{name}")
    return run([python(name), "-m", "pip", "-q", *arguments], label="pip", log=log, env=PIP_ENV)


def _by_uv_or_pip(name: str, command: str, *arguments: object) -> str:
    """Run a command that both support."""
    program = uv.program()
    if not program:
        return pip(name, command, *arguments)
    whole = [program, "pip", command, "-q", "--python", python(name), *arguments]
    return run(whole, label=f"uv pip {command}", log=paths.log_file(f"pip-{name}"), env=uv.environment())


def install(name: str, *arguments: object) -> None:
    """Install packages into an environment, with the arguments of ``pip install``."""
    _by_uv_or_pip(name, "install", *arguments)


def check(name: str) -> None:
    """Raise a problem if packages of an environment are incompatible."""
    _by_uv_or_pip(name, "check")


def fingerprint(files: Iterable[str], extra: object = "") -> str:
    """Return a short hash of requirement files and of the project's folder.

    The folder is included because the scripts of a virtual environment contain its absolute path. The running
    Python is not: the first one on PATH may differ between terminals, and the environment keeps the one it was
    created with.
    """
    digest = hashlib.sha256(f"{paths.ROOT}|{extra}".encode())
    for file in files:
        digest.update((paths.REQUIREMENTS / file).read_bytes())
    return digest.hexdigest()[:16]


def is_current(name: str, stamp: str, value: str) -> bool:
    """Return whether an environment was finished with this stamp value."""
    path = folder(name) / stamp
    return python(name).exists() and path.exists() and path.read_text(encoding="utf-8") == value


def create(name: str) -> None:
    """Create an empty environment, replacing an existing one."""
    shutil.rmtree(folder(name), ignore_errors=True)
    log, program = paths.log_file(f"pip-{name}"), uv.program()
    if program:
        command = [program, "venv", "-q", "--python", sys.executable, folder(name)]
        run(command, label="uv venv", log=log, env=uv.environment())
    else:
        system.ensure_venv()
        run([sys.executable, "-m", "venv", folder(name)], label="python3 -m venv", log=log)


def ensure(name: str, *files: str) -> Path:
    """Return the interpreter of an environment with exactly the required packages."""
    value = fingerprint(files)
    if not is_current(name, "requirements.stamp", value):
        with step(f"Python packages: {', '.join(files)}"):
            create(name)
            install(name, *(part for file in files for part in ("-r", paths.REQUIREMENTS / file)))
            (folder(name) / "requirements.stamp").write_text(value, encoding="utf-8")
    return python(name)
