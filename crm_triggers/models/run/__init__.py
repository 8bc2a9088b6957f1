"""Runs: start, plan, limits, merge, stop, retention."""
