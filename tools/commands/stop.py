"""./dev stop: end the processes started by ./dev, and no others."""

from argparse import Namespace

from .. import postgres, server
from ..console import say


def run(options: Namespace) -> None:
    """Stop the demo server, then our own PostgreSQL."""
    say("  demo server stopped" if server.stop() else "  the demo server was not running")
    say("  PostgreSQL stopped" if postgres.stop() else "  no PostgreSQL of ours was running")
