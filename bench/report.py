"""``README.md``: all results as tables, with the machine and caveats. Independent of Odoo."""

HEAD = """\
# Bench

Written by `./dev bench`; do not edit. `./dev bench --scale 0.05 --keep` is a quick try that leaves this page as it is.

{about}

![Results](results.svg)
"""
CAVEATS = """\
## Caveats

- Load generator, Odoo and PostgreSQL share one machine; PostgreSQL runs with `fsync`, `synchronous_commit` and
  `full_page_writes` off and otherwise with its defaults. Compare the lines of one table, not these figures with
  another machine's.
- Contestants alternate in one process and one run. Median, smallest and largest of the repetitions are shown.
- "No add-on" is the same process with the four capturing methods removed from the models: Odoo's own methods run.
- The floor is `mail.activity.create()` or `mail.template.send_mail_batch()` in batches of {batch}, as the worker's
  are, with a commit each, and without look-up, logging or planning.
- `base_automation` runs its action for each record within the save; its rate is that of a save of {slow} records.
- Most records are written by `INSERT … SELECT generate_series` from seeds created by `create()`, as Odoo's
  own `populate` does; past runs by SQL alone. Quotations have no lines.
- Over HTTP: two workers and the client share the machine. Rules act after the response is sent; the
  next request is not sent before they are done.
- Mails are queued, not sent. Screens are timed in the server, without the network and the browser.
- `plans/` holds `EXPLAIN (ANALYZE, BUFFERS)` of the slowest query of each screen and sweep.
"""
TABLE_HEAD = "| what | median | smallest to largest | goal | |\n| --- | ---: | ---: | --- | --- |"
MARKS = {True: "met", False: "**missed**", None: ""}


def write(sections, about, constants):
    """Return the text of the README.

    :param list sections: results of the sections
    :param dict about: ``{label: value}`` of the machine and the versions
    :param dict constants: values used in the caveats
    """
    lines = "\n".join(f"- {label}: {value}" for label, value in about.items())
    tables = [f"## {section['title']}\n\n{write_table(section['rows'])}" for section in sections]
    return "\n".join([HEAD.format(about=lines), *tables, CAVEATS.format(**constants)])


def write_table(rows):
    """Return the rows of one section as a Markdown table."""
    return "\n".join([TABLE_HEAD, *map(_write_row, rows), ""])


def _write_row(row):
    spread = f"{format_number(row['low'])} to {format_number(row['high'])}" if row["count"] > 1 else ""
    verdict = ". ".join(filter(None, [MARKS[row["met"]], row["note"]]))
    cells = [row["what"], f"{format_number(row['median'])} {row['unit']}".strip(), spread, row["goal"], verdict]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def format_number(value):
    """Return a number with three significant digits."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}f}"


def missed(sections):
    """Return the missed goals, one line each."""
    return [
        f"{row['what']}: {format_number(row['median'])} {row['unit']}, goal {row['goal']}"
        for section in sections
        for row in section["rows"]
        if row["met"] is False
    ]
