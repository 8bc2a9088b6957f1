"""./dev upgrade: load the add-ons as they are now into the demo, and restart its server."""

from .. import addons, database, odoo, server
from ..console import step
from . import demo


def run(options):
    """Upgrade our add-ons on the demo database; the server comes back with the new code."""
    server.stop()
    name = demo.prepare()
    with step(f"upgrading {', '.join(addons.names())}"):
        _load(name)
    with step("starting the server"):
        state = server.start(name)
    demo.show(state, name)


def _load(name):
    present = set(odoo.installed(name))
    new = [addon for addon in addons.names() if addon not in present]
    if new:  # an add-on written since the demo was made
        odoo.install(name, new, log="demo-upgrade")
    odoo.install(name, addons.names(), "-u", log="demo-upgrade")
    database.set_stamp(name, addons.source_hash())
