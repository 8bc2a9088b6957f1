"""Start a script that drives a browser against the demo: shared by ./dev shot and ./dev e2e."""

import os

from . import environment, paths, server, system, venvs
from .commands import demo
from .console import Problem


def start(script, arguments):
    """Bring the demo up and return what runs ``script`` once the lock is free.

    The script gets BASE_URL and CHROMIUM in its environment.
    """
    path = paths.ROOT / script
    if not path.exists():
        raise Problem(f"{script} does not exist yet", "write it; it is run with BASE_URL and CHROMIUM set")
    chromium = system.require("chromium", "chromium")
    environment.prepare()
    python = venvs.ensure("browser", "browser.txt")
    demo.run(None)
    variables = {"BASE_URL": server.url(server.running(), ""), "CHROMIUM": chromium}
    return lambda: os.execve(python, [str(python), str(path), *arguments], {**os.environ, **variables})
