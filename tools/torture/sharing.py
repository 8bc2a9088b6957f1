"""Several machines on one database."""

import contextlib
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack

from .. import database, postgres, templates
from ..console import Problem, say
from . import console, machines
from .checks import KINDS, check_once, prepare
from .machines import Balancer, Machine

# Counts, and stores which process did it: Odoo puts its id into the name of the connection.
_COUNT_AND_SIGN = """env.cr.execute("SELECT current_setting('application_name')")
record.write({'color': record.color + 1, 'ref': env.cr.fetchone()[0]})"""
# The lock by which job runners elect a leader.
_RUNNER = (
    "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()"
    " WHERE locktype = 'advisory' AND classid::bigint << 32 | objid::bigint = 2293787760715711918"
)
# No other jobs are to run on the machines.
_NO_OTHER_CRON = (
    "UPDATE ir_cron SET active = false WHERE id NOT IN (SELECT res_id FROM ir_model_data"
    " WHERE module = 'crm_triggers' AND name = 'ir_cron_execute')"
)
_SHARE = "SELECT count(*) FROM res_partner WHERE ref = "
_PATIENCE = 600  # seconds for machines to start, or to do everything
_RECORDS = 6000  # in batches of 500; one machine may do all of a few batches


def queue_job(clone: str, _options: Namespace) -> None:
    """Two machines share jobs and do everything once, even if the one with the runner is killed."""
    for killed in (False, True):
        database.clone(templates.ensure(), clone)
        prepare(clone, _RECORDS, code=_COUNT_AND_SIGN, enroll=False)
        postgres.sql(_NO_OTHER_CRON, clone)
        with machines.Balancer() as balancer, contextlib.ExitStack() as plugs:
            pair = [_start_machine(name, clone, balancer, plugs) for name in ("one", "two")]
            console.run(clone, "enroll")
            if killed:
                _wait(lambda: _count_done(clone) >= 1.5 * _RECORDS)
                pair[0].kill()
                say(f"      machine one, with the runner, killed after {_count_done(clone)} steps")
            _wait(lambda: _count_done(clone) >= len(KINDS) * _RECORDS)
            _tell_shares(clone, pair)
            if not killed:
                _check_done_by_jobs(clone)
        check_once(clone, _RECORDS)


def _start_machine(name: str, clone: str, balancer: Balancer, plugs: ExitStack) -> Machine:
    """Start a machine and wait until it accepts requests, and until a machine has the runner."""
    machine = machines.Machine(name, clone, balancer.port)
    plugs.callback(machine.kill)
    balancer.ports.append(machine.port)
    _wait(lambda: machine.answers() and postgres.sql(_RUNNER, clone))
    return machine


def _count_done(clone: str) -> int:
    return int(postgres.sql("SELECT count(*) FROM crm_trigger_execution WHERE state = 'done'", clone)[0])


def _wait(reached: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not reached():
        if time.monotonic() > deadline:
            raise Problem("the machines make no progress; see .dev/log/torture-machine-*.log")
        time.sleep(0.2)


def _tell_shares(clone: str, pair: list[Machine]) -> None:
    """Print how much of the second step each machine did; both must have taken part."""
    shares = [int(postgres.sql(f"{_SHARE}'odoo-{machine.pid}'", clone)[0]) for machine in pair]
    say(f"      the second step of the records: {shares[0]} by machine one, {shares[1]} by machine two")
    if not all(shares):
        raise Problem("one machine did it all")


def _check_done_by_jobs(clone: str) -> None:
    done = postgres.sql("SELECT coalesce(sum(done), 0) FROM ir_cron_progress", clone)[0]
    if done != "0":
        raise Problem(f"the scheduled action did {done} by itself")
