"""./dev story: install the example process on an empty database, and play a sale from the web form to the renewal."""

import os
import subprocess
from argparse import ArgumentParser, Namespace

from .. import addons, database, environment, postgres, system, templates, venvs
from ..browser import variables
from ..console import Problem
from ..story_server import running
from ..torture import inventory
from . import demo

EXAMPLE = "crm_triggers_example"
# A company, its salesperson, and a website in both languages.
_FIRM = """\
company = env.ref("base.main_company")
company.write({"name": "Brightwater Ovens", "email": "office@brightwater.example.com", "iap_enrich_auto_done": True})
env.ref("base.user_admin").write({"name": "Alice Office", "email": "alice@brightwater.example.com"})
groups = ["base.group_user", "sales_team.group_sale_salesman_all_leads", "account.group_account_invoice"]
env["res.users"].create(
    {
        "name": "Sam Sales",
        "login": "sam",
        "password": "sam",
        "email": "sam@brightwater.example.com",
        "tz": "Europe/Paris",
        "group_ids": [(6, 0, [env.ref(name).id for name in groups])],
    }
)
french = env["res.lang"].search([("code", "=", "fr_FR")])
env["website"].search([]).write({"name": "Brightwater Ovens", "language_ids": [(4, french.id)]})
env["res.users"].search([]).tour_enabled = False
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the option to keep the database."""
    parser.add_argument("--keep", action="store_true", help="keep the database afterwards, called story")


def _build(building: str) -> None:
    templates.install_on_base(building, [name for name in addons.shipped() if name != EXAMPLE])
    demo.settle(building, _FIRM)


def _play(name: str, chromium: str) -> None:
    python = venvs.ensure("browser", "browser.txt")
    with running(name) as port:
        given = variables(f"http://127.0.0.1:{port}", chromium) | {"STORY_DATABASE": name}
        done = subprocess.run([str(python), "-m", "tools.browsing.story"], env={**os.environ, **given})
    if done.returncode:
        raise Problem("the story did not come to its end", "look at .dev/failed-story-*.png and .dev/log/story.log")


def _compare(before: set[str], after: set[str]) -> None:
    """Compare the database before and after the example: once it is uninstalled, only users' records remain."""
    left, gone = sorted(after - before), sorted(before - after)
    if left or gone:
        raise Problem("\n".join(["left behind:", *left, "taken away:", *gone]))


def run(options: Namespace) -> int:
    """Play the story; return 0 if it was completed and nothing of the example remained."""
    chromium = system.require("chromium", "chromium")
    system.require("wkhtmltopdf", "wkhtmltopdf")  # the customer signs, and gets the quotation as a PDF
    environment.prepare()
    postgres.ensure()
    base, name = database.name("story_base"), database.name("story")
    database.build(base, addons.source_hash(seed="story"), _build)
    database.clone(base, name)
    try:
        before = inventory.take(name)
        _play(name, chromium)
        _compare(before, inventory.take(name))
    finally:
        if not options.keep:
            database.drop(name)
    return 0
