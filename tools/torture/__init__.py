"""What takes minutes to prove: add-ons that come and go, and workers that are killed.

The modules here run in ``./dev``; ``inside_*.py`` are read by them and run in Odoo's console, with
``env`` at hand.
"""
