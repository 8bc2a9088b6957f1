"""./dev shell: Odoo's Python console on the demo database."""

import os
from argparse import Namespace
from collections.abc import Callable

from .. import odoo
from . import demo


def run(options: Namespace) -> Callable[[], None]:
    """Prepare the demo database and return the console to start once the lock is free."""
    command = odoo.command("shell", "-d", demo.prepare(), "--no-http", "--log-level=warn")
    return lambda: os.execv(command[0], command)
