"""Runs: start, plan, limits, retention."""
