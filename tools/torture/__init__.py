"""Checks that take minutes: add-ons installed and removed, workers killed.

The modules here run in ``./dev``; ``inside_*.py`` are read by them and run in Odoo's console, where ``env`` is
defined.
"""
