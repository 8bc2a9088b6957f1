"""The clock over contract lines with a date, few of them due: time, queries, loaded records, memory."""

import tracemalloc
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from .contestants import set_live
from .populate import DUE, LINES, rule_values
from .queries import keep_plan, recorded
from .timing import row, scaled, stopwatch

REPETITIONS = 3
QUERY_GOAL = 100  # for two batches of 500, whatever the size of the table
MEMORY_GOAL = 30  # MB, whatever the size of the table


def run(env, scale):
    """Let the clock find the due lines several times, and once more when nothing is due."""
    due = scaled(DUE, scale)
    rule = _create_rule(env)
    set_live(env, [rule.name])
    seconds, idle, counts, loaded = [], [], [], []
    for _turn in range(REPETITIONS):
        _delete_runs(env, rule)
        with recorded() as queries, _counted_loads(env) as ids:
            _sweep(env, rule, seconds)
        assert rule.run_count == due, f"{rule.run_count} runs, {due} are due"
        counts.append(len(queries))
        loaded.append(len(ids))
        with recorded() as nothing_due:
            _sweep(env, rule, idle)
    for name, found in (("sweep_nothing_due", nothing_due), ("sweep", queries)):
        keep_plan(env, name, [one for one in found if '"date_end" >=' in one[1]])
    idle_count = len(nothing_due)
    _delete_runs(env, rule)
    tracemalloc.start()
    _sweep(env, rule, [])
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    set_live(env, [])
    lines = scaled(LINES, scale)
    return {
        "title": f"The clock over {lines:,} dates, {due:,} of them due",
        "rows": [
            row("Sweep that starts all that are due", seconds, "s"),
            row("… queries", counts, "", goal=f"≤ {QUERY_GOAL}", met=max(counts) <= QUERY_GOAL),
            row("… contract lines loaded", loaded, "", goal=f"≤ {due:,}", met=max(loaded) <= due),
            row("… peak of Python's memory", [peak], "MB", goal=f"≤ {MEMORY_GOAL} MB", met=peak <= MEMORY_GOAL),
            row("Sweep when nothing is due", idle, "s", note=f"{idle_count} queries"),
            *_measure_automation(env, due),
        ],
    }


def _create_rule(env):
    """30 days before the end of a line; activated yesterday."""
    field = env["ir.model.fields"]._get("contract.line", "date_end")
    values = {"trigger": "date", "trg_date_id": field.id, "trg_date_range": 30, "date_hour": 0}
    rule = env["crm.trigger.rule"].create(rule_values(env, "Bench date", "contract.line", **values))
    rule.action_activate()
    rule.activated_at = fields.Datetime.now() - timedelta(days=2)
    env.cr.commit()
    return rule


def _delete_runs(env, rule):
    env.cr.execute("DELETE FROM crm_trigger_run WHERE rule_id = %s", [rule.id])
    env.cr.commit()


def _sweep(env, rule, seconds):
    with stopwatch(seconds):
        rule._cron_sweep()
        env.cr.commit()


@contextmanager
def _counted_loads(env):
    """Yield the set of the ids of the contract lines read from the database within the block."""
    ids, model_class = set(), env.registry["contract.line"]
    fetch = model_class._fetch_query

    def record(records, query, fields):
        fetched = fetch(records, query, fields)
        ids.update(fetched._ids)
        return fetched

    with patch.object(model_class, "_fetch_query", record):
        yield ids


def _measure_automation(env, due):
    """The same with ``base_automation``, whose action does nothing."""
    model_id = env["ir.model"]._get_id("contract.line")
    action = {"name": "Bench", "model_id": model_id, "usage": "base_automation", "state": "code", "code": "pass"}
    automation = env["base.automation"].create(
        {
            "name": "Bench date",
            "model_id": model_id,
            "trigger": "on_time",
            "trg_date_id": env["ir.model.fields"]._get("contract.line", "date_end").id,
            "trg_date_range": 30,
            "trg_date_range_type": "day",
            "trg_date_range_mode": "before",
            "action_server_ids": [fields.Command.create(action)],
            "last_run": fields.Datetime.now() - timedelta(days=1),
        }
    )
    env.cr.commit()
    with stopwatch(seconds := []):
        env["base.automation"]._cron_process_time_based_actions()
        env.cr.commit()
    automation.action_server_ids.unlink()
    automation.unlink()
    env.cr.commit()
    return [row("base_automation, the same, its action does nothing", seconds, "s", note=f"{due:,} due")]
