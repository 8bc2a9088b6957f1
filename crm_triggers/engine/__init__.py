"""The part that decides: plain Python, typed, without clock, database or Odoo.

``models/`` calls it and applies the results; nothing here imports ``odoo``.
"""
