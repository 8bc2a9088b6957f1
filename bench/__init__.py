"""What the add-on costs and carries, measured: ``./dev bench``.

``./dev`` starts ``python -m bench SECTION`` once a section, in Odoo's environment; each section
prints one line of JSON. ``report.py`` and ``plot.py`` need no Odoo: they write ``README.md`` and
``results.svg`` of all of them.
"""
