"""./dev torture: what takes minutes to prove, on databases of its own."""

import contextlib
import os
import random
import time

from .. import addons, database, environment, odoo, paths, postgres, pytest_runs, templates
from ..console import Problem, say, step
from ..torture import console, inventory, machines

_WORKERS = 2  # at once
_LONGEST_LIFE = 3.0  # seconds a worker is given, at most
# The lock by which job runners elect one of them.
_RUNNER = (
    "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()"
    " WHERE locktype = 'advisory' AND classid::bigint << 32 | objid::bigint = 2293787760715711918"
)
_SHARE = "SELECT count(*) FROM res_partner WHERE ref = "
_PATIENCE = 600  # seconds for machines to start, or to do it all
_LIVES = "crm_triggers/tests/test_property.py"


def add_arguments(parser):
    """Add the choice of checks and how long they may take."""
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"default: {' '.join(CHECKS)}")
    parser.add_argument("--kills", type=int, default=20, help="workers to kill, default 20")
    parser.add_argument("--records", type=int, default=1000, help="records with three steps each, default 1000")
    parser.add_argument("--examples", type=int, default=200, help="random lives of records, default 200")


def _uninstall(clone, _options):
    """Uninstalling leaves nothing but what rules did, and Odoo goes on."""
    database.clone(templates.base(), clone)
    before = inventory.take(clone)
    odoo.install(clone, addons.names(), log="torture-uninstall-install")
    console.run(clone, "use")
    console.run(clone, "uninstall")
    after = inventory.take(clone)
    _complain("left behind", after - before - {"parameter: torture.kept"})
    _complain("taken away", before - after)


def _upgrade(clone, _options):
    """An upgrade keeps plans and what people changed, and the plans are carried out afterwards."""
    database.clone(templates.ensure(), clone)
    console.run(clone, "use")
    console.run(clone, "edit")
    before = console.run(clone, "state")
    odoo.install(clone, addons.names(), "-u", log="torture-upgrade")
    after = console.run(clone, "state")
    _complain("changed by the upgrade", set(before) ^ set(after))
    console.run(clone, "carry_on")


def _complain(what, names):
    if names:
        raise Problem("\n".join([f"{what}:", *sorted(names)]))


def _kill(clone, options):
    """Workers killed at random, two at a time, do everything once."""
    database.clone(templates.ensure(), clone)
    console.run(clone, "prepare_kills", RECORDS=options.records)
    console.run(clone, "enroll")
    chance = random.Random(options.kills)
    for _turn in range(max(options.kills // _WORKERS, 1)):
        workers = [console.start(clone, "work") for _worker in range(_WORKERS)]
        for worker in workers:
            worker.stdout.readline()  # it has begun
        for worker in workers:
            time.sleep(chance.uniform(0, _LONGEST_LIFE / _WORKERS))
            worker.kill()
            worker.communicate()
    done = postgres.sql("SELECT count(*) FROM crm_trigger_execution WHERE state = 'done'", clone)[0]
    say(f"      {done} of {3 * options.records} steps were done by workers that were killed")
    worker = console.start(clone, "work")
    worker.communicate()
    for line in console.run(clone, "count_kills", RECORDS=options.records):
        say(f"      {line}")


def _queue_job(clone, options):
    """Two machines share jobs and do everything once, also when the one with the runner is killed."""
    for killed in (False, True):
        database.clone(templates.ensure(), clone)
        console.run(clone, "prepare_kills", RECORDS=options.records)
        with machines.Balancer() as balancer, contextlib.ExitStack() as plugs:
            pair = [_start_machine(name, clone, balancer, plugs) for name in ("one", "two")]
            console.run(clone, "enroll")
            if killed:
                _wait(lambda: _count_done(clone) >= 1.5 * options.records)
                pair[0].kill()
                say(f"      machine one, with the runner, killed after {_count_done(clone)} steps")
            _wait(lambda: _count_done(clone) >= 3 * options.records)
            _tell_shares(clone, pair)
            if not killed:
                _check_done_by_jobs(clone)
        for line in console.run(clone, "count_kills", RECORDS=options.records):
            say(f"      {line}")


def _start_machine(name, clone, balancer, plugs):
    """Start a machine and wait until it takes requests, and until some machine has the runner."""
    machine = machines.Machine(name, clone, balancer.port)
    plugs.callback(machine.kill)
    balancer.ports.append(machine.port)
    _wait(lambda: machine.answers() and postgres.sql(_RUNNER, clone))
    return machine


def _count_done(clone):
    return int(postgres.sql("SELECT count(*) FROM crm_trigger_execution WHERE state = 'done'", clone)[0])


def _wait(reached):
    deadline = time.monotonic() + _PATIENCE
    while not reached():
        if time.monotonic() > deadline:
            raise Problem("the machines stand still; see .dev/log/torture-machine-*.log")
        time.sleep(0.2)


def _tell_shares(clone, pair):
    """Say how much of the second step each machine did; both must have taken part."""
    shares = [int(postgres.sql(f"{_SHARE}'odoo-{machine.pid}'", clone)[0]) for machine in pair]
    say(f"      the second step of the records: {shares[0]} by machine one, {shares[1]} by machine two")
    if not all(shares):
        raise Problem("one machine did it all")


def _check_done_by_jobs(clone):
    done = postgres.sql("SELECT coalesce(sum(done), 0) FROM ir_cron_progress", clone)[0]
    if done != "0":
        raise Problem(f"the scheduled action did {done} by itself")


def _lives(clone, options):
    """Random lives of records, each time others, compared with a model."""
    database.clone(templates.ensure(), clone)
    os.environ["CRM_TRIGGERS_EXAMPLES"] = str(options.examples)
    settings = [f"--odoo-database={clone}", f"--odoo-config={paths.CONFIG}", "--odoo-log-level=warn", "--odoo-http"]
    counts = pytest_runs.run("torture", "-p", "tools.pytest_guard", *settings, _LIVES)
    if counts.failed:
        raise Problem("what fired is not what should have; the steps that lead there are shown above")


CHECKS = {"uninstall": _uninstall, "upgrade": _upgrade, "kill": _kill, "queue_job": _queue_job, "lives": _lives}


def _check(name, options):
    """Carry out a check on a database of its own; return whether it went well, and say so."""
    clone = database.name(f"torture_{os.getpid()}")
    try:
        with step(CHECKS[name].__doc__.rstrip(".")):
            CHECKS[name](clone, options)
    except Problem as problem:
        say(f"  FAILED {name}: {problem}")
        return False
    finally:
        database.drop(clone)
    say(f"  ok     {name}")
    return True


def run(options):
    """Carry out the checks one after the other; return 0 when all went well."""
    if unknown := set(options.checks) - set(CHECKS):
        raise Problem(f"there is no check {', '.join(sorted(unknown))}", f"one of: {', '.join(CHECKS)}")
    environment.prepare()
    postgres.ensure()
    results = [_check(name, options) for name in options.checks or CHECKS]
    say(f"\n{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1
