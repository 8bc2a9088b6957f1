"""./dev torture: checks that take minutes, on separate databases."""

import os
from argparse import ArgumentParser, Namespace

from .. import database, environment, postgres
from ..console import Problem, say, step
from ..torture import checks, outages, sharing

CHECKS = {
    check.__name__: check
    for check in (
        checks.uninstall,
        checks.upgrade,
        checks.lives,
        checks.kill,
        checks.money,
        outages.restart,
        outages.meet,
        outages.clock,
        outages.log,
        outages.limit,
        outages.poison,
        outages.mail,
        sharing.queue_job,
    )
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the choice of checks and their limits."""
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"default: {' '.join(CHECKS)}")
    parser.add_argument("--kills", type=int, default=100, help="workers to kill, default 100; at money a fifth of it")
    parser.add_argument("--records", type=int, default=3334, help="killed at, with three steps each, default 3334")
    parser.add_argument("--examples", type=int, default=2000, help="random lives of records and rules, default 2000")
    parser.add_argument("--seed", type=int, help="repeat the lives of an earlier run, on the same number of cores")


def _check(name: str, options: Namespace) -> bool:
    """Run a check on a separate database; print and return whether it passed."""
    clone = database.name(f"torture_{os.getpid()}")
    try:
        with step((CHECKS[name].__doc__ or "").rstrip(".")):
            CHECKS[name](clone, options)
    except Problem as problem:
        say(f"  FAILED {name}: {problem}")
        return False
    finally:
        database.drop(clone)
    say(f"  ok     {name}")
    return True


def run(options: Namespace) -> int:
    """Run the checks one by one; return 0 if all passed."""
    if unknown := set(options.checks) - set(CHECKS):
        raise Problem(f"there is no check {', '.join(sorted(unknown))}", f"one of: {', '.join(CHECKS)}")
    environment.prepare()
    postgres.ensure()
    results = [_check(name, options) for name in options.checks or CHECKS]
    say(f"\n{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1
