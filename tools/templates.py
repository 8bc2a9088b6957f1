"""Template databases: a base with Odoo's modules, clones of it with our add-ons, and the demo."""

from collections.abc import Iterable

from . import addons, database, environment, odoo
from .console import step

# The dependencies of our add-ons: built once, the add-ons are installed on top in seconds.
# No add-on depends on contract_termination: our tests cover it.
BASE_MODULES = (
    "crm",
    "sale_management",
    "sale_crm",
    "sale_loyalty",
    "contract",
    "contract_line_successor",
    "contract_termination",
    "contacts",
    "sms",
)
# Used by the tests: its form, jobs, mailing lists, projects, calls; a demo needs none of these.
_TEST_MODULES = ("website_crm", "queue_job", "mass_mailing", "project", "crm_phonecall")
_BASE = (*BASE_MODULES, *_TEST_MODULES)
# Assets of a back-end tour; without them in the template each run would create them.
_TOUR_BUNDLES = ("web.assets_web", "web.assets_tests", "web.assets_frontend", "web.assets_frontend_minimal")


def base() -> str:
    """Return the name of the database with the dependencies of our add-ons, built once per set of pins."""

    def build(building: str) -> None:
        with step(f"base: {', '.join(_BASE)}, French (once)"):
            odoo.install(building, _BASE, f"--load-language={odoo.LANGUAGES}", log="template-base")

    database.build(database.name("base"), _base_stamp(), build)
    return database.name("base")


def _base_stamp() -> str:
    return f"{environment.fingerprint()} {' '.join(_BASE)} {odoo.LANGUAGES}"


def demo_addons() -> list[str]:
    """Return the names of our add-ons in a demo: those whose dependencies are all in it."""
    return [name for name in addons.shipped() if not set(addons.manifest(name)["depends"]) & set(_TEST_MODULES)]


def install_demo(building: str) -> None:
    """Install the modules of a demo, from nothing and in one pass."""
    names = (*BASE_MODULES, *demo_addons())
    with step(f"{', '.join(names)}, French, demo data"):
        odoo.install(building, names, "--with-demo", f"--load-language={odoo.LANGUAGES}", log="install-demo")


def install_on_base(building: str, names: Iterable[str]) -> None:
    """Install some of our add-ons on a clone of the base."""
    source = base()
    with step(", ".join(names)):
        database.clone(source, building)
        odoo.install(building, names, log=f"install-{building}")


def _build_addons(building: str) -> None:
    install_on_base(building, addons.names())
    if any(map(addons.has_tours, addons.names())):
        with step("style sheets and scripts for the tours"):
            odoo.script(building, odoo.warming(_TOUR_BUNDLES), log="assets")


def ensure() -> str:
    """Return the name of the tests' template with our add-ons, rebuilt when its sources changed."""
    name = database.name("addons")
    database.build(name, addons.source_hash(seed=_base_stamp()), _build_addons)
    return name
