"""Start a script that drives a browser against the demo: shared by ./dev shot and ./dev e2e."""

import os
from collections.abc import Callable

from . import environment, paths, server, system, venvs
from .commands import demo


def variables(address: str, chromium: str) -> dict[str, str]:
    """Return the environment variables for a script that drives a browser."""
    return {
        "BASE_URL": address,
        "CHROMIUM": chromium,
        "PYTHONPATH": str(paths.ROOT),
        # Otherwise Chromium keeps files in the user's home folder.
        "XDG_CACHE_HOME": str(paths.STATE / "home"),
        "XDG_CONFIG_HOME": str(paths.STATE / "home"),
    }


def start(module: str, arguments: list[str]) -> Callable[[], None]:
    """Start the demo and return a function that runs ``tools.browsing.<module>`` once the lock is free.

    The script gets BASE_URL and CHROMIUM in its environment.
    """
    chromium = system.require("chromium", "chromium")
    environment.prepare()
    python = venvs.ensure("browser", "browser.txt")
    given = variables(server.url(demo.bring_up(), ""), chromium)
    command = [str(python), "-m", f"tools.browsing.{module}", *arguments]
    return lambda: os.execve(python, command, {**os.environ, **given})
