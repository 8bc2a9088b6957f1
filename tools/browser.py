"""Start a script that drives a browser against the demo: shared by ./dev shot and ./dev e2e."""

import os
from collections.abc import Callable

from . import environment, paths, server, system, venvs
from .commands import demo


def variables(address: str, chromium: str) -> dict[str, str]:
    """Return what a script that drives a browser finds in its environment."""
    return {
        "BASE_URL": address,
        "CHROMIUM": chromium,
        "PYTHONPATH": str(paths.ROOT),
        # Chromium keeps files in one's home folder otherwise.
        "XDG_CACHE_HOME": str(paths.STATE / "home"),
        "XDG_CONFIG_HOME": str(paths.STATE / "home"),
    }


def start(module: str, arguments: list[str]) -> Callable[[], None]:
    """Bring the demo up and return what runs ``tools.browsing.<module>`` once the lock is free.

    The script gets BASE_URL and CHROMIUM in its environment.
    """
    chromium = system.require("chromium", "chromium")
    environment.prepare()
    python = venvs.ensure("browser", "browser.txt")
    given = variables(server.url(demo.bring_up(), ""), chromium)
    command = [str(python), "-m", f"tools.browsing.{module}", *arguments]
    return lambda: os.execve(python, command, {**os.environ, **given})
