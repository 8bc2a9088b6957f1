"""Repetitions, medians and the rows passed to the report. Independent of Odoo."""

import time
from contextlib import contextmanager
from statistics import median


@contextmanager
def stopwatch(samples):
    """Append the duration of the block in seconds to a list."""
    start = time.perf_counter()
    yield
    samples.append(time.perf_counter() - start)


def row(what, samples, unit, *, goal="", met=None, note=""):
    """Return one line of the report.

    :param samples: one number per repetition, in ``unit``
    :param str goal: as text, empty without a goal
    :param met: whether the median meets the goal; None without a goal
    """
    samples = list(samples)
    return {
        "what": what,
        "median": median(samples),
        "low": min(samples),
        "high": max(samples),
        "count": len(samples),
        "unit": unit,
        "goal": goal,
        "met": met,
        "note": note,
    }


def chart(title, unit, bars):
    """Return one group of bars for the plot.

    :param list bars: ``(label, value)``
    """
    return {"title": title, "unit": unit, "bars": [list(bar) for bar in bars]}


def scaled(count, scale, least=1):
    """Return the scaled number of records."""
    return max(round(count * scale), least)
