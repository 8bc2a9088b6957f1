"""./dev wheel --try: each add-on as installed by a user with nothing but its wheel and its page.

The commands are those of the add-on's own page (readme/INSTALL.md), once with an Odoo known to pip and once with an
unknown one; the latter installs, upgrades and uninstalls the add-on in a database without our other add-ons.
"""

import re
import shlex
from pathlib import Path

from . import database, environment, logcheck, odoo, odoo_source, odoo_wheel, paths, venvs
from .console import Problem, say, step
from .process import run

_FOLDER = paths.STATE / "wheel-trial"
_VENV = "wheel-trial"
_TREE = _FOLDER / "tree"
_CONFIG = """\
[options]
data_dir = {data}
http_interface = 127.0.0.1
list_db = False
smtp_server = 127.0.0.1
smtp_port = 1
"""
_END = "the script reached its end"
_UNINSTALL = """\
module = env["ir.module.module"].search([("name", "=", {name!r}), ("state", "=", "installed")])
wizard = env[module.button_uninstall_wizard()["res_model"]].create({{"module_ids": [(6, 0, module.ids)]}})
wizard.action_uninstall()
env.transaction.reset()
assert module.state == "uninstalled", module.state
assert not env["ir.model.data"].search_count([("module", "=", {name!r})]), "records of the add-on are left"
env.cr.commit()
print({end!r})
"""


def commands(name: str, root: Path = paths.ROOT) -> tuple[list[str], list[str]]:
    """Return the pip commands of an add-on's page: with an Odoo known to pip, and with an unknown one."""
    text = (root / name / "readme" / "INSTALL.md").read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]
    if len(blocks) != 2 or not all(line.startswith("pip install ") for block in blocks for line in block):
        raise Problem(f"{name}/readme/INSTALL.md has not two blocks of pip commands")
    return blocks[0], blocks[1]


def _log(name: str) -> Path:
    return paths.log_file(f"wheel-trial-{name}")


def _pip(name: str, line: str) -> None:
    """Run a command of the page in the environment of the trial, as a user in the project's folder would."""
    pip = [venvs.python("wheel"), "-m", "pip", "--python", venvs.python(_VENV)]
    run([*pip, *shlex.split(line)[1:]], label=line, log=_log(name), env=venvs.PIP_ENV, cwd=paths.ROOT)


def _fresh_environment() -> Path:
    """Create an environment with Odoo's requirements and without Odoo; return the path of its packages."""
    venvs.create(_VENV)
    venvs.install(_VENV, "-r", paths.REQUIREMENTS / "pins.txt")
    return next(venvs.folder(_VENV).glob("lib/python3*/site-packages"))


def _plain_tree() -> Path:
    """Return an Odoo tree without metadata for pip, as in a checkout."""
    if not _TREE.exists():
        _TREE.mkdir(parents=True)
        source = odoo_source.find(say_it=False)
        for part in ("odoo", "addons"):
            (_TREE / part).symlink_to(source / part)
    return _TREE


def _try_with_known_odoo(name: str, lines: list[str]) -> None:
    _fresh_environment()
    wheel = odoo_wheel.build(odoo_source.find(say_it=False), paths.STATE / "wheel")
    venvs.install(_VENV, "--no-index", "--no-deps", wheel)
    for line in lines:
        _pip(name, line)
    venvs.check(_VENV)


def _install_with_unknown_odoo(name: str, lines: list[str]) -> None:
    site = _fresh_environment()
    (site / "odoo_tree.pth").write_text(f"{_plain_tree()}\n", encoding="utf-8")
    for line in lines:
        _pip(name, line)
    if (site / "odoo" / "__init__.py").exists() or list(site.glob("odoo-*.dist-info")):
        raise Problem(f"pip fetched an Odoo for {name}, see {_log(name)}")


def _odoo(name: str, *arguments: str, stdin: str | None = None) -> str:
    """Run Odoo outside of this folder, without its add-ons path; its log must have no warnings."""
    program = [venvs.python(_VENV), "-m", "odoo", *arguments[:1], "-c", _FOLDER / "odoo.conf", *arguments[1:]]
    label = f"odoo {' '.join(arguments)}"
    output = run([*program, "--no-http"], label=label, log=_log(name), stdin=stdin, cwd=_FOLDER)
    logcheck.check(output, _log(name))
    return output


def _live(name: str, clone: str) -> None:
    """Install an add-on in a database, upgrade it, uninstall it by its button, and start Odoo once more."""
    for flag in ("-i", "-u"):
        _odoo(name, "server", "-d", clone, flag, name, "--stop-after-init")
        odoo.check_states(clone, [name])
    if _END not in _odoo(name, "shell", "-d", clone, stdin=_UNINSTALL.format(name=name, end=_END)):
        raise Problem(f"{name} was not uninstalled, see {_log(name)}")
    _odoo(name, "server", "-d", clone, "--stop-after-init")


def _base() -> str:
    """Return a database with the Odoo dependencies of the first add-on, created by the Odoo of the trial."""
    base = database.name("wheel_base")

    def build(building: str) -> None:
        with step("a database with CRM and Sales (once)"):
            _odoo("base", "server", "-d", building, "-i", "sale_crm", "--stop-after-init")

    database.build(base, environment.fingerprint(), build)
    return base


def attempt(name: str) -> None:
    """Try an add-on from its wheel.

    :raises Problem: a line of its page does not work, or Odoo's log has a warning
    """
    known, unknown = commands(name)
    clone = database.name("wheel_trial")
    _log(name).unlink(missing_ok=True)
    _try_with_known_odoo(name, known)
    _install_with_unknown_odoo(name, unknown)
    try:
        database.clone(_base(), clone)
        _live(name, clone)
    finally:
        database.drop(clone)


def attempt_all(names: list[str]) -> int:
    """Try add-ons one by one; print the failed ones and return their number."""
    _FOLDER.mkdir(exist_ok=True)
    (_FOLDER / "odoo.conf").write_text(_CONFIG.format(data=paths.DATA), encoding="utf-8")
    failed = 0
    for name in names:
        try:
            with step(f"{name} from its wheel"):
                attempt(name)
            say(f"  ok     {name}")
        except Problem as problem:
            failed += 1
            say(f"  FAILED {name}: {problem}")
    database.drop(database.name("wheel_base"))
    return failed
