"""Installing and removing add-ons, killing workers, random lives. Each check has a separate database."""

import secrets
from argparse import Namespace
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from .. import addons, database, odoo, paths, postgres, pytest_runs, system, templates
from ..console import Problem, say
from . import console, inventory

_LIVES = (
    "crm_triggers/tests/evaluation/test_property.py",
    "crm_triggers/tests/step/test_property_effects.py",
)
KINDS = ["task", "code", "mail"]
COUNT = "record['color'] += 1"
_DOCUMENTS = 100


def uninstall(clone: str, _options: Namespace) -> None:
    """Uninstalling leaves only what rules did, and Odoo keeps working."""
    database.clone(templates.base(), clone)
    before = inventory.take(clone)
    odoo.install(clone, addons.shipped(), log="torture-uninstall-install")
    console.run(clone, "use")
    console.run(clone, "uninstall")
    after = inventory.take(clone)
    _complain("left behind", after - before - {"parameter: torture.kept"})
    _complain("taken away", before - after)


def upgrade(clone: str, _options: Namespace) -> None:
    """An upgrade keeps plans and users' changes, and the plans are carried out afterwards."""
    database.clone(templates.ensure(), clone)
    console.run(clone, "use")
    console.run(clone, "edit")
    before = console.run(clone, "state")
    odoo.install(clone, addons.names(), "-u", log="torture-upgrade")
    after = console.run(clone, "state")
    _complain("changed by the upgrade", set(before) ^ set(after))
    console.run(clone, "carry_on")


def _complain(what: str, names: Iterable[str]) -> None:
    if names:
        raise Problem("\n".join([f"{what}:", *sorted(names)]))


def kill(clone: str, options: Namespace) -> None:
    """Workers killed at random, two and then four at a time, do everything once."""
    for workers in (2, 4):
        database.clone(templates.ensure(), clone)
        prepare(clone, options.records)
        _kill(clone, workers, options.kills, options.records * len(KINDS))
        check_once(clone, options.records)


def _kill(clone: str, workers: int, kills: int, steps: int) -> None:
    """Kill workers while a number of steps is done, and print the result."""
    figures(console.run(clone, "kill", WORKERS=workers, KILLS=kills, TOTAL=steps, LONGEST=0.5))
    figures(console.run(clone, "try_again"))


def money(clone: str, options: Namespace) -> None:
    """Workers killed at random while they discount, send, confirm, invoice and quote: everything is done once."""
    system.require("wkhtmltopdf", "wkhtmltopdf")  # sent documents have a PDF
    database.clone(templates.ensure(), clone)
    console.run(clone, "prepare_money", RECORDS=_DOCUMENTS)
    postgres.sql("ANALYZE", clone)
    _kill(clone, 2, options.kills // 5, 6 * _DOCUMENTS)  # five steps per quotation, one per opportunity
    figures(console.run(clone, "count_money", RECORDS=_DOCUMENTS))


def lives(clone: str, options: Namespace) -> None:
    """Random lives of records and rules, different each time, compared with a model."""
    cores, template = system.cores(), templates.ensure()
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    say(f"      on {cores} cores: --seed {seed} --examples {options.examples} has the same ones again")
    clones = {seed + number: database.of_worker(clone, f"gw{number}") for number in range(cores)}
    try:
        for name in clones.values():
            database.clone(template, name)
        with ThreadPoolExecutor(cores) as pool:
            failed = [*pool.map(_live, clones.values(), clones, [-(-options.examples // cores)] * cores)]
    finally:
        for name in clones.values():
            database.drop(name)
    if any(failed):
        raise Problem("the rules that fired differ from the model's; the steps that lead there are shown above")


def _live(clone: str, seed: int, examples: int) -> int:
    """Play a number of lives, those of a seed, on a database; return how many tests failed."""
    settings = [f"--odoo-database={clone}", f"--odoo-config={paths.CONFIG}", "--odoo-log-level=warn"]
    choice = {"CRM_TRIGGERS_EXAMPLES": str(examples), "CRM_TRIGGERS_SEED": str(seed)}
    arguments = ["-p", "tools.pytest_guard", *settings, *_LIVES]
    return pytest_runs.run(f"torture-{seed}", *arguments, environment=choice).failed


def prepare(clone: str, records: int, *, kinds: list[str] = KINDS, code: str = COUNT, enroll: bool = True) -> None:
    """Create records with due steps, or with steps that are due when they are enrolled."""
    console.run(clone, "prepare", RECORDS=records, KINDS=kinds, CODE=code, ENROLL=enroll)
    postgres.sql("ANALYZE", clone)


def check_once(clone: str, records: int, *, kinds: list[str] = KINDS, left_out: Iterable[str] = ()) -> None:
    """Print how often each step was done, and check that it was once per record.

    :param left_out: names of the records whose steps cannot be done
    """
    figures(console.run(clone, "count", RECORDS=records, KINDS=kinds, LEFT_OUT=list(left_out)))


def figures(lines: Iterable[str]) -> None:
    """Print the findings of a script in Odoo's console."""
    for line in lines:
        say(f"      {line.removeprefix('STATE ')}")
