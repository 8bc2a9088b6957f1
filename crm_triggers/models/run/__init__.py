"""Runs: entering, planning, holding back, merging, stopping, keeping."""
