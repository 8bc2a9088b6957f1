"""The cost of rules for a save over HTTP: a server with workers, the same request with live rules and without."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median

from odoo.tools import config

from .contestants import set_live
from .populate import rule_values
from .timing import row, scaled, stopwatch

TURNS, BLOCK = 40, 10  # requests per contestant, and how many before the other's turn …
WARM = 6  # … after some that let all processes update their rules
WORKERS = 2
PAUSE = 0.1  # seconds until the next request: for what rules do after the commit
STARTING = 60.0  # seconds until the server responds
COST_GOAL = 1.3  # factor over the request without rules
SOON_GOAL = 1.0  # seconds from the request until the rules' immediate steps are done
RULE = "Bench over HTTP"


def run(env, scale):
    """Mark quotations sent and move opportunities, each with a rule that immediately creates an activity."""
    sam = env["res.users"].search([("login", "=", "bench_sam")])
    sam.password = sam.login
    set_live(env, [])
    first, last = env["crm.stage"].search([("name", "=like", "Bench %")], limit=2)
    step = {"delay_count": 0, "activity_summary": RULE}
    rules = env["crm.trigger.rule"].create(
        [
            rule_values(env, RULE, model_name, filter_domain=condition, step=step)
            for model_name, condition in (
                ("sale.order", "[('state', '=', 'sent')]"),
                ("crm.lead", repr([("stage_id", "=", last.id)])),
            )
        ]
    )
    worker = env.ref("crm_triggers.ir_cron_execute")  # for what takes more than a second on a busy machine
    env["ir.cron"].search([("id", "!=", worker.id)]).active = False
    env.cr.commit()
    rows = []
    with _serving(env.cr.dbname) as url:
        call = _log_in(url, env.cr.dbname, sam.login)
        orders = env["sale.order"].search([], limit=1).with_user(sam)
        orders.sudo().user_id = sam
        leads = env["crm.lead"].search([("user_id", "=", sam.id)], limit=1)
        env.cr.commit()
        requests = {
            "Marking a quotation sent": (orders, "state", "draft", "action_quotation_sent", {}),
            "Moving an opportunity": (leads, "stage_id", first.id, "write", {"vals": {"stage_id": last.id}}),
        }
        for what, request in requests.items():
            rows += _measure(env, call, what, rules, request, scaled(TURNS, scale, 2 * BLOCK))
    _switch(rules, False)
    return {"title": "Saving over HTTP", "rows": rows}


def _switch(rules, live):
    """Switch the rules on or off, and let the server's processes update."""
    if live:
        rules.action_activate()
    else:
        rules.action_pause()
    rules.env.cr.commit()
    rules.env.registry.signal_changes()


def _measure(env, call, what, rules, request, turns):
    """Send the same request with its rule live and without, alternating."""
    seconds, done = {True: [], False: []}, []
    for turn in range(2 * turns // BLOCK):
        live = turn % 4 in (1, 2)
        _switch(rules, live)
        for number in range(-WARM, BLOCK):
            took, acted = _save(env, call, request)
            assert bool(acted) == live, "the rule did what it was not to do, or the other way round"
            if number >= 0:
                seconds[live].append(took)
                done += [acted] if live else []
    cost = median(seconds[True]) / median(seconds[False])
    return [
        row(f"{what}: no live rules", [1000 * one for one in seconds[False]], "ms"),
        row(f"{what}: a rule that acts at once", [1000 * one for one in seconds[True]], "ms"),
        row(f"{what}: live ÷ none", [cost], "", goal=f"≤ {COST_GOAL}", met=cost <= COST_GOAL),
        row(f"{what}: done, from the request on", done, "s", goal=f"< {SOON_GOAL:.0f} s", met=median(done) < SOON_GOAL),
    ]


def _save(env, call, request):
    """Save once, and wait until the immediate steps are done.

    :return: seconds until the response, and until all was done; None if nothing was expected
    """
    record, fname, value, method, values = request
    env.cr.execute(f'UPDATE "{record._table}" SET "{fname}" = %s WHERE id = %s', [value, record.id])
    env.cr.execute("SELECT coalesce(max(id), 0) FROM crm_trigger_execution")
    last_id = env.cr.fetchone()[0]
    env.cr.commit()
    start = time.perf_counter()
    with stopwatch(seconds := []):
        call(record._name, method, [record.ids], values)
    while (states := _get_states(env, last_id)) and "scheduled" in states:
        time.sleep(0.005)
    done = time.perf_counter() - start if states else None
    time.sleep(PAUSE)
    return seconds[0], done


def _get_states(env, last_id):
    """Return the states of the executions created after one."""
    env.cr.rollback()
    env.cr.execute("SELECT array_agg(state) FROM crm_trigger_execution WHERE id > %s", [last_id])
    return env.cr.fetchone()[0]


@contextmanager
def _serving(dbname):
    """Run a server with workers for the block; yield its address."""
    port, gevent_port = _get_free_port(), _get_free_port()
    options = {
        "--config": config["config"],
        "--database": dbname,
        "--db-filter": f"^{dbname}$",
        "--http-port": port,
        "--gevent-port": gevent_port,
        "--workers": WORKERS,
        "--max-cron-threads": 1,
        "--log-level": "error",
    }
    command = [sys.executable, Path(sys.executable).with_name("odoo"), *(f"{key}={options[key]}" for key in options)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait(STARTING)


def _get_free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _wait_for(url):
    deadline = time.monotonic() + STARTING
    while True:
        try:
            urllib.request.urlopen(f"{url}/web/health").close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _log_in(url, dbname, login):
    """Return ``call(model, method, args, kwargs)`` of a logged-in user, as the web client calls."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def post(path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        with opener.open(urllib.request.Request(url + path, body, headers)) as answer:
            told = json.load(answer)
        if "error" in told:
            raise RuntimeError(told["error"])
        return told.get("result")

    def call(model, method, args, kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return post(f"/web/dataset/call_kw/{model}/{method}", params)

    post("/web/session/authenticate", {"db": dbname, "login": login, "password": login})
    return call
