"""./dev e2e: run tools/e2e/run.py, with Playwright and Debian's Chromium, against the demo."""

import argparse

from .. import browser


def add_arguments(parser):
    """Pass everything on."""
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to tools/e2e/run.py")


def run(options):
    """Bring the demo up and run the end-to-end tests."""
    return browser.start("tools/e2e/run.py", options.arguments)
