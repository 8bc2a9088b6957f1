"""Template databases of the tests: the base with Odoo's modules, and a clone of it with our add-ons."""

from . import addons, database, environment, odoo
from .console import step

# What our add-ons stand on: built once, the add-ons come on top in seconds.
BASE_MODULES = ("crm", "sale_management", "sale_crm", "contract", "contacts")
# What a back-end tour loads; without them in the template each run would make them anew.
_TOUR_BUNDLES = ("web.assets_web", "web.assets_tests", "web.assets_frontend", "web.assets_frontend_minimal")


def _build_base(building):
    with step(f"base template: {', '.join(BASE_MODULES)}, French, no demo data (once)"):
        odoo.install(building, BASE_MODULES, f"--load-language={odoo.LANGUAGES}", log="template-base")


def _build_addons(building):
    with step(f"template with {', '.join(addons.names())}"):
        database.clone(database.name("base"), building)
        odoo.install(building, addons.names(), log="template-addons")
    if any(map(addons.has_tours, addons.names())):
        with step("style sheets and scripts for the tours"):
            odoo.warm_assets(building, _TOUR_BUNDLES)


def ensure():
    """Return the name of the template with our add-ons, rebuilt when what it depends on changed."""
    base_stamp = f"{environment.fingerprint()} {' '.join(BASE_MODULES)} {odoo.LANGUAGES}"
    database.build(database.name("base"), base_stamp, _build_base)
    name = database.name("addons")
    database.build(name, addons.source_hash(seed=base_stamp), _build_addons)
    return name
