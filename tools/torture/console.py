"""Run the ``inside_*.py`` of this folder in Odoo's console."""

import subprocess
from pathlib import Path

from .. import odoo


def run(database, name, **constants):
    """Run ``inside_<name>.py`` with constants put before it; return the lines it printed that
    begin with STATE.

    :raises Problem: it did not reach its end
    """
    lines = [f"{key} = {value!r}" for key, value in constants.items()]
    source = "\n".join([*lines, _path(name).read_text(encoding="utf-8")])
    output = odoo.script(database, source, log=f"torture-{name}")
    return [line for line in output.splitlines() if line.startswith("STATE")]


def start(database, name):
    """Start ``inside_<name>.py`` in a process of its own; its output is a pipe."""
    command = odoo.command("shell", "-d", database, "--no-http", "--log-level=error")
    with _path(name).open(encoding="utf-8") as source:
        return subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _path(name):
    return Path(__file__).with_name(f"inside_{name}.py")
