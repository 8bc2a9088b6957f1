"""The environment of every Odoo command: a source, a virtual environment with it, OCA add-ons, a configuration."""

from pathlib import Path

from . import odoo_source, odoo_wheel, paths, venvs
from .beside import beside
from .console import step
from .system import check_space

VENV = "odoo"
_REQUIREMENTS = ("pins.txt", "odoo.txt", "test.txt")
_CONFIG = """\
[options]
addons_path = {root}
data_dir = {data}
http_interface = 127.0.0.1
list_db = False
workers = 0
max_cron_threads = 2
# A closed port of this machine: whatever runs here, no mail of a test or a demo can leave (see docs/decisions).
smtp_server = 127.0.0.1
smtp_port = 1
"""


def fingerprint() -> str:
    """Return a short hash of everything except our add-ons that affects a database."""
    return venvs.fingerprint([*_REQUIREMENTS, "oca.txt"], extra=odoo_source.find(say_it=False))


def _install_odoo(tree: Path) -> None:
    """Make pip treat ``tree`` as installed, then install the OCA add-ons that require it."""
    value = venvs.fingerprint(["oca.txt"], extra=tree)
    if venvs.is_current(VENV, "odoo.stamp", value):
        return
    with step("Odoo and OCA add-ons into the virtual environment"):
        wheel = odoo_wheel.build(tree, paths.STATE / "wheel")
        venvs.install(VENV, "--no-index", "--no-deps", "--force-reinstall", wheel)
        venvs.install(VENV, "-r", paths.REQUIREMENTS / "oca.txt")
        venvs.check(VENV)
    (venvs.folder(VENV) / "odoo.stamp").write_text(value, encoding="utf-8")


def prepare() -> None:
    """Create the environment, from nothing if necessary; takes a fraction of a second if it exists."""
    if not venvs.folder(VENV).exists():
        check_space()
    tree, _python = beside(odoo_source.find, lambda: venvs.ensure(VENV, *_REQUIREMENTS))
    _install_odoo(tree)
    paths.CONFIG.write_text(_CONFIG.format(root=paths.ROOT, data=paths.DATA), encoding="utf-8")
