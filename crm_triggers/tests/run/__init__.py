"""Runs: entering, planning, holding back, keeping."""
