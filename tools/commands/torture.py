"""./dev torture: what takes minutes to prove, on databases of its own."""

import os
import random
import time

from .. import addons, database, environment, odoo, paths, postgres, pytest_runs, templates
from ..console import Problem, say, step
from ..torture import console, inventory

_WORKERS = 2  # at once
_LONGEST_LIFE = 3.0  # seconds a worker is given, at most
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


def _lives(clone, options):
    """Random lives of records, each time others, compared with a model."""
    database.clone(templates.ensure(), clone)
    os.environ["CRM_TRIGGERS_EXAMPLES"] = str(options.examples)
    settings = [f"--odoo-database={clone}", f"--odoo-config={paths.CONFIG}", "--odoo-log-level=warn", "--odoo-http"]
    counts = pytest_runs.run("torture", "-p", "tools.pytest_guard", *settings, _LIVES)
    if counts.failed:
        raise Problem("what fired is not what should have; the steps that lead there are shown above")


CHECKS = {"uninstall": _uninstall, "upgrade": _upgrade, "kill": _kill, "lives": _lives}


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
