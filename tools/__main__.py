"""Run ``python -m tools``: what the ./dev launcher starts."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
