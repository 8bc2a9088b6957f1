"""Run the ``inside_*.py`` of this folder in Odoo's console."""

from pathlib import Path

from .. import odoo


def run(database: str, name: str, **constants: object) -> list[str]:
    """Run ``inside_<name>.py`` with constants put before it; return the printed lines that begin with STATE.

    :raises Problem: it did not reach its end
    """
    lines = [f"{key} = {value!r}" for key, value in constants.items()]
    source = "\n".join([*lines, _path(name).read_text(encoding="utf-8")])
    output = odoo.script(database, source, log=f"torture-{name}")
    return [line for line in output.splitlines() if line.startswith("STATE")]


def _path(name: str) -> Path:
    return Path(__file__).with_name(f"inside_{name}.py")
