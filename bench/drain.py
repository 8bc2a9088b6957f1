"""A full queue: throughput, lateness, memory; with one, two and four workers; nothing done twice."""

import json
import os
import subprocess
import sys

from odoo.tools import config

from .contestants import set_live
from .populate import rule_values
from .timing import chart, row, scaled

BURST = 250_000
SHARE = 25_000  # for the comparison of workers
SPEED_GOAL = 1.8


def run(env, scale):
    """Drain the same queue with a growing number of workers, then the big one."""
    rule = env["crm.trigger.rule"].create(
        rule_values(env, "Bench drain", trigger="manual", step={"delay_count": 0, "activity_summary": "Drained"})
    )
    rule.action_activate()
    set_live(env, [rule.name])
    share, burst, cores = scaled(SHARE, scale, 500), scaled(BURST, scale, 1000), os.cpu_count()
    rates, rows = {}, []
    for count in (1, 2, 4):
        rates[count], _workers = _drain(env, rule, share, count)
        speed = rates[count] / rates[1]
        goal = {"goal": f"≥ {SPEED_GOAL} on enough cores", "met": speed >= SPEED_GOAL} if count == 2 else {}
        note = f"{speed:.2f} times one worker; {cores} cores, PostgreSQL on the same ones"
        rows.append(row(f"{share:,} activities, workers: {count}", [rates[count]], "/s", note=note, **goal))
    rate, workers = _drain(env, rule, burst, 2)
    lateness = _get_lateness(env, rule)
    rows += [
        row(f"{burst:,} activities due at once, 2 workers", [rate], "/s", note=f"{burst / rate:.0f} s"),
        row("… lateness, p50", [lateness[0]], "s"),
        row("… lateness, p95", [lateness[1]], "s"),
        row("… peak memory of a worker", [worker["memory"] for worker in workers], "MB"),
        row("Executions done twice, or not at all", [0], "", goal="0", met=True, note="counted after each of the four"),
    ]
    set_live(env, [])
    bars = [(f"{count} workers", rate) for count, rate in rates.items()]
    return {"title": "A full queue", "rows": rows, "charts": [chart("Activities per second by workers", "/s", bars)]}


def _fill(env, rule, count):
    """Create executions that are due now."""
    leads = env["crm.lead"].search([("active", "=", True)], order="id").ids
    env.cr.execute("DELETE FROM crm_trigger_run WHERE rule_id = %s", [rule.id])
    env.cr.execute("DELETE FROM mail_activity WHERE summary = 'Drained'")
    env.cr.execute(
        "WITH run AS (INSERT INTO crm_trigger_run"
        " (rule_id, res_model, res_id, occurrence, state, started_at, depth, company_id)"
        " SELECT %(rule)s, 'crm.lead', (%(leads)s)[1 + n %% cardinality(%(leads)s)], 'drain ' || n, 'running',"
        " now() AT TIME ZONE 'UTC', 0, 1 FROM generate_series(1, %(count)s) n RETURNING *)"
        " INSERT INTO crm_trigger_execution"
        " (run_id, rule_id, step_id, res_model, res_id, company_id, state, scheduled_at, attempts)"
        " SELECT id, rule_id, %(step)s, res_model, res_id, company_id, 'scheduled', started_at, 0 FROM run",
        {"rule": rule.id, "step": rule.step_ids.id, "leads": leads, "count": count},
    )
    env.cr.commit()
    env.cr.execute("ANALYZE crm_trigger_run, crm_trigger_execution, mail_activity")
    env.cr.execute(
        "UPDATE crm_trigger_execution SET scheduled_at = now() AT TIME ZONE 'UTC'"
        " WHERE state = 'scheduled' AND rule_id = %s",
        [rule.id],
    )
    env.cr.commit()


def _drain(env, rule, count, processes):
    """Let separate processes drain the queue.

    :return: executions per second, and the report of each process
    """
    _fill(env, rule, count)
    workers = [_start() for _process in range(processes)]
    for worker in workers:
        worker.stdout.readline()  # the process is ready
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in workers]
    _check_once(env, rule, count)
    return count / max(worker["seconds"] for worker in told), told


def _start():
    options = ["-c", config["config"], "-d", config["db_name"][0]]
    command = [sys.executable, "-m", "bench", "drain_process", *options]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _check_once(env, rule, count):
    env.cr.execute(
        "SELECT count(*) FILTER (WHERE state = 'done'), count(DISTINCT result_id)"
        " FROM crm_trigger_execution WHERE rule_id = %s",
        [rule.id],
    )
    done, results = env.cr.fetchone()
    env.cr.execute("SELECT count(*) FROM mail_activity WHERE summary = 'Drained'")
    activities = env.cr.fetchone()[0]
    assert done == results == activities == count, f"{count} due, {done} done, {results} results, {activities} made"
    env.cr.rollback()


def _get_lateness(env, rule):
    env.cr.execute(
        "SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - scheduled_at))"
        " FROM crm_trigger_execution WHERE rule_id = %s",
        [rule.id],
    )
    return env.cr.fetchone()[0]
