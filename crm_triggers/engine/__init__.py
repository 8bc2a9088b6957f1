"""The part that decides: plain Python, typed, without clock, database or Odoo.

``models/`` asks it questions and carries out the answers; nothing here imports ``odoo``.
"""
