"""Take pictures: a database of its own for each language, a server on it, and the browser that looks."""

import datetime
import inspect
import json
import os
import subprocess
from pathlib import Path

from .. import addons, database, odoo, templates, venvs
from ..browser import variables
from ..commands import demo
from ..console import Problem, step
from ..own_server import running
from . import dress, screens

_FRENCH = Path(__file__).with_name("french.json")


def look(module: str, name: str, lang: str, chromium: str, *arguments: str) -> None:
    """Serve a database and run ``tools.browsing.<module>`` on it, whose pictures go to the folder of a language."""
    python = venvs.ensure("browser", "browser.txt")
    with running(name, log=module) as port:
        given = variables(f"http://127.0.0.1:{port}", chromium) | {"PICTURES_LANG": lang, "PICTURES_DATABASE": name}
        command = [str(python), "-m", f"tools.browsing.{module}", *arguments]
        done = subprocess.run(command, env={**os.environ, **given})
    if done.returncode:
        raise Problem(
            f"{module} did not come to its end in {lang}", f"look at .dev/failed-*.png and .dev/log/{module}.log"
        )


def _build(building: str) -> None:
    templates.install_demo(building)
    demo.settle(building)


def _build_french(building: str) -> None:
    database.clone(_ensure("en_US"), building)
    wanted = json.loads(_FRENCH.read_text(encoding="utf-8"))
    with step("French companies, people, leads and documents"):
        odoo.script(building, f"{inspect.getsource(dress)}\ndress(env, {wanted!r})", log="dress")


def _ensure(lang: str) -> str:
    """Return the name of the fresh demo in a language. It tells of days before and after today, so it lasts a day."""
    parts = [str(datetime.date.today())]
    if lang != "en_US":
        parts += [inspect.getsource(dress), _FRENCH.read_text(encoding="utf-8")]
    name = database.name(f"shots_{lang[:2]}")
    database.build(name, addons.source_hash(seed="\n".join(parts)), _build if lang == "en_US" else _build_french)
    return name


def shoot(names: list[str], chromium: str) -> None:
    """Take the named pictures of the demo, in each language."""
    for lang in screens.FOLDERS:
        name = database.name("shots")
        database.clone(_ensure(lang), name)
        try:
            look("shots", name, lang, chromium, *names)
        finally:
            database.drop(name)
