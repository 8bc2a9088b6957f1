"""./dev upgrade: load the current add-ons into the demo, and restart its server."""

from argparse import Namespace

from .. import server
from ..console import step
from . import demo


def run(options: Namespace) -> None:
    """Upgrade our add-ons on the demo database; the server restarts with the new code."""
    server.stop()
    name = demo.prepare()
    demo.load_changes(name)
    with step("starting the server"):
        state = server.start(name)
    demo.show(state, name)
