"""./dev story: install the example process where there is nothing, and play a sale from the web form to the renewal.

Once per language, with a firm and a customer who speak it.
"""

import inspect
from argparse import ArgumentParser, Namespace

from .. import addons, database, environment, odoo, postgres, system, templates
from ..console import Problem, step
from ..pictures import firm, taking
from ..pictures.cast import CASTS
from ..torture import inventory
from . import demo

EXAMPLE = "crm_triggers_example"


def add_arguments(parser: ArgumentParser) -> None:
    """Offer one language, and to keep the database."""
    parser.add_argument("--lang", choices=CASTS, help="in this language alone")
    parser.add_argument("--keep", action="store_true", help="keep the database of the last language, called story")


def require() -> str:
    """Return Chromium's path; raise a problem when something is missing that the story cannot do without."""
    system.require_font()
    system.require("wkhtmltopdf", "wkhtmltopdf")  # the customer signs, and gets the quotation as a PDF
    return system.require("chromium", "chromium")


def _build(building: str) -> None:
    templates.install_on_base(building, [name for name in addons.shipped() if name != EXAMPLE])
    demo.settle(building)


def _compare(before: set[str], after: set[str]) -> None:
    """Compare the database before and after the example: once it is uninstalled, only users' records remain."""
    left, gone = sorted(after - before), sorted(before - after)
    if left or gone:
        raise Problem("\n".join(["left behind:", *left, "taken away:", *gone]))


def _play(lang: str, name: str, chromium: str) -> None:
    """Settle the firm of a language in a database without one, play, and see what is left."""
    with step(f"the firm of the story in {lang}"):
        odoo.script(name, f"{inspect.getsource(firm)}\nsettle(env, {CASTS[lang].firm!r})", log="firm")
    before = inventory.take(name)
    taking.look("story", name, lang, chromium)
    _compare(before, inventory.take(name))


def play(chromium: str, lang: str | None = None, keep: bool = False) -> int:
    """Play the story in one language or in all; return 0 when nothing of the example was left."""
    base, name = database.name("story_base"), database.name("story")
    database.build(base, addons.source_hash(seed="story"), _build)
    try:
        for each in [lang] if lang else CASTS:
            database.clone(base, name)
            _play(each, name, chromium)
    finally:
        if not keep:
            database.drop(name)
    return 0


def run(options: Namespace) -> int:
    """Play the story."""
    chromium = require()
    environment.prepare()
    postgres.ensure()
    return play(chromium, options.lang, options.keep)
