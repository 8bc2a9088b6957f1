"""Start a script that drives a browser against the demo: shared by ./dev shot and ./dev e2e."""

import os

from . import environment, paths, server, system, venvs
from .commands import demo


def variables(address, chromium):
    """Return what a script that drives a browser finds in its environment."""
    return {
        "BASE_URL": address,
        "CHROMIUM": chromium,
        "PYTHONPATH": str(paths.ROOT),
        # Chromium keeps files in one's home folder otherwise.
        "XDG_CACHE_HOME": str(paths.STATE / "home"),
        "XDG_CONFIG_HOME": str(paths.STATE / "home"),
    }


def start(module, arguments):
    """Bring the demo up and return what runs ``tools.browsing.<module>`` once the lock is free.

    The script gets BASE_URL and CHROMIUM in its environment.
    """
    chromium = system.require("chromium", "chromium")
    environment.prepare()
    python = venvs.ensure("browser", "browser.txt")
    demo.run(None)
    given = variables(server.url(server.running(), ""), chromium)
    command = [str(python), "-m", f"tools.browsing.{module}", *arguments]
    return lambda: os.execve(python, command, {**os.environ, **given})
