"""./dev shot: run tools/browsing/shots.py, with Playwright and Debian's Chromium, against the demo."""

import argparse

from .. import browser


def add_arguments(parser):
    """Pass everything on."""
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to tools/browsing/shots.py")


def run(options):
    """Bring the demo up and run the screenshots."""
    return browser.start("shots", options.arguments)
