"""./dev readme: write README.rst, the page of the Apps store and its pictures for each add-on, from its readme/."""

import shutil
import subprocess
from argparse import Namespace

from .. import addons, paths, readmes, venvs
from ..console import say


def run(options: Namespace) -> None:
    """Write the pages."""
    python = venvs.ensure("readme", "readme.txt")
    for name in addons.shipped():
        target, index = readmes.page(name), paths.ROOT / name / "static" / "description" / "index.html"
        command = [str(python), str(paths.ROOT / "tools" / "readme_pages.py"), str(target), str(index)]
        source = "\0".join((readmes.head(name), readmes.CONTENTS, readmes.markdown(name)))
        subprocess.run(command, input=source, text=True, check=True)
        target.write_text(readmes.marked(name, target.read_text(encoding="utf-8")), encoding="utf-8")
        for copy, picture in readmes.pictures(name).items():
            shutil.copyfile(picture, copy)
        say(f"  {target.relative_to(paths.ROOT)}")
