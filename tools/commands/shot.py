"""./dev shot: run tools/browsing/shots.py, with Playwright and Debian's Chromium, against the demo."""

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from .. import browser


def add_arguments(parser: ArgumentParser) -> None:
    """Pass all arguments on."""
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to tools/browsing/shots.py")


def run(options: Namespace) -> Callable[[], None]:
    """Start the demo and take the screenshots."""
    return browser.start("shots", options.arguments)
