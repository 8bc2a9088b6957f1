"""Benchmarks of the add-on: ``./dev bench``.

``./dev`` starts ``python -m bench SECTION`` once per section, in Odoo's environment; each section prints one line
of JSON. ``report.py`` and ``plot.py`` do not need Odoo: they write ``README.md`` and ``results.svg`` from all of
them.
"""
