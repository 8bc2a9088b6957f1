"""Template databases: a base with Odoo's modules, and clones of it with our add-ons, with and without demo data."""

from . import addons, database, environment, odoo
from .console import step

# What our add-ons stand on: built once, the add-ons come on top in seconds.
# Nothing depends on contract_termination: our tests meet it.
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
# The tests send its form, have jobs done, fill mailing lists, make projects, or call; a demo needs none of these.
_TEST_MODULES = ("website_crm", "queue_job", "mass_mailing", "project", "crm_phonecall")
# What a back-end tour loads; without them in the template each run would make them anew.
_TOUR_BUNDLES = ("web.assets_web", "web.assets_tests", "web.assets_frontend", "web.assets_frontend_minimal")


def base(*, demo=False):
    """Return the name of the database with what our add-ons stand on, built once per set of pins."""
    modules = BASE_MODULES if demo else (*BASE_MODULES, *_TEST_MODULES)

    def build(building):
        with step(f"base: {', '.join(modules)}, French, {'' if demo else 'no '}demo data (once)"):
            extra = ["--with-demo"] if demo else []
            odoo.install(building, modules, *extra, f"--load-language={odoo.LANGUAGES}", log=f"template-{kind}")

    kind = "base_demo" if demo else "base"
    database.build(database.name(kind), _base_stamp(), build)
    return database.name(kind)


def _base_stamp():
    return f"{environment.fingerprint()} {' '.join((*BASE_MODULES, *_TEST_MODULES))} {odoo.LANGUAGES}"


def demo_addons():
    """Return the names of our add-ons that a demo has: those whose requirements are all in it."""
    return [name for name in addons.names() if not set(addons.manifest(name)["depends"]) & set(_TEST_MODULES)]


def install_on_base(building, names, *, demo=False):
    """Install some of our add-ons on a clone of the base."""
    source = base(demo=demo)
    with step(f"{', '.join(names)} {'with demo data' if demo else ''}"):
        database.clone(source, building)
        odoo.install(building, names, *(["--with-demo"] if demo else []), log=f"install-{building}")


def _build_addons(building):
    install_on_base(building, addons.names())
    if any(map(addons.has_tours, addons.names())):
        with step("style sheets and scripts for the tours"):
            odoo.warm_assets(building, _TOUR_BUNDLES)


def ensure():
    """Return the name of the tests' template with our add-ons, rebuilt when what it depends on changed."""
    return _ensure("addons", _build_addons)


def ensure_demo():
    """Return the name of a database with our add-ons and demo data: all the terms there are to translate."""
    return _ensure("addons_demo", lambda building: install_on_base(building, addons.names(), demo=True))


def _ensure(kind, build):
    database.build(database.name(kind), addons.source_hash(seed=_base_stamp()), build)
    return database.name(kind)
