"""README.rst and static/description/index.html of each add-on, generated from its fragments in ``readme/`` like
OCA's.

README.rst contains a digest of its sources: so the check whether it is up to date needs no converters.
"""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

from . import addons, paths

# The files in readme/ and their headings, in OCA's order; the first has none, the last stands among the credits.
FRAGMENTS = {
    "DESCRIPTION": "",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "CONTRIBUTORS": "Contributors",
}
_LICENSES = {
    "LGPL-3": "https://www.gnu.org/licenses/lgpl-3.0-standalone.html",
    "AGPL-3": "https://www.gnu.org/licenses/agpl-3.0-standalone.html",
}
_MATURITY = "https://odoo-community.org/page/development-status"
_COLORS = {"Alpha": "red", "Beta": "yellow", "Production/Stable": "green", "Mature": "brightgreen"}
CONTENTS = "TABLE-OF-CONTENTS"  # its place in the Markdown, which has no word for it
_ENDING = """\
# Bug Tracker

Please report bugs on [GitHub]({site}/issues), and security problems in private: *Security > Report a vulnerability*.

# Credits

## Authors

{authors}

## Contributors

{contributors}

## Maintainers

This module is part of [{project}]({site}). Contributions are welcome."""
_MARK = ".. source digest: "


def fragments(name: str, root: Path = paths.ROOT) -> dict[str, str]:
    """Return ``{name: Markdown}`` of the fragments of an add-on, in order."""
    folder = root / name / "readme"
    files = {fragment: folder / f"{fragment}.md" for fragment in FRAGMENTS}
    return {fragment: file.read_text(encoding="utf-8").strip() for fragment, file in files.items() if file.exists()}


def digest(name: str, root: Path = paths.ROOT) -> str:
    """Return a hash of all sources of an add-on's pages."""
    return hashlib.sha256(f"{head(name, root)}\0{markdown(name, root)}".encode()).hexdigest()[:32]


def _badges(manifest: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Return ``{name: (picture, target, text)}`` of the badges of an add-on, as on OCA's pages."""
    status, license_name, site = manifest["development_status"], manifest["license"], manifest["website"]
    project = _project(manifest)
    source = f"github-{_escaped(project)}-lightgray.png?logo=github"
    return {
        "maturity": (f"maturity-{_escaped(status)}-{_COLORS[status]}.png", _MATURITY, status),
        "license": (f"license-{_escaped(license_name)}-blue.png", _LICENSES[license_name], f"License: {license_name}"),
        "source": (source, site, project),
    }


def _project(manifest: dict[str, Any]) -> str:
    """Return the name of the repository on GitHub."""
    website: str = manifest["website"]
    return website.removeprefix("https://github.com/")


def _escaped(text: str) -> str:
    """Return a text escaped for the URL of a badge."""
    return quote(text.replace("-", "--").replace("_", "__"), safe="")


def head(name: str, root: Path = paths.ROOT) -> str:
    """Return the title, the badges and the summary of an add-on's page, as reStructuredText."""
    manifest = addons.manifest(name, root)
    line = "=" * len(manifest["name"])
    badges = _badges(manifest)
    pictures = [
        f".. |{key}| image:: https://img.shields.io/badge/{picture}\n    :target: {target}\n    :alt: {text}"
        for key, (picture, target, text) in badges.items()
    ]
    shown = " ".join(f"|{key}|" for key in badges)
    parts = [f"{line}\n{manifest['name']}\n{line}", "\n".join(pictures), shown, f"{manifest['summary']}."]
    return "\n\n".join(parts)


def markdown(name: str, root: Path = paths.ROOT) -> str:
    """Return the text below the head: the fragments, the bug tracker, and the credits."""
    manifest, texts = addons.manifest(name, root), fragments(name, root)
    contributors = texts.pop("CONTRIBUTORS", "")
    parts = [f"# {FRAGMENTS[key]}\n\n{text}" if FRAGMENTS[key] else text for key, text in texts.items()]
    authors = "\n".join(f"- {author.strip()}" for author in manifest["author"].split(","))
    values = {"site": manifest["website"], "authors": authors, "contributors": contributors}
    parts.insert(1, CONTENTS)
    return "\n\n".join([*parts, _ENDING.format(project=_project(manifest), **values)]) + "\n"


def page(name: str) -> Path:
    """Return the path of an add-on's README.rst."""
    return paths.ROOT / name / "README.rst"


def pictures(name: str) -> dict[Path, Path]:
    """Return ``{picture of the add-on: its original in docs/images}`` of the store pictures in its manifest."""
    images = addons.manifest(name).get("images", ())
    return {paths.ROOT / name / image: paths.ROOT / "docs" / "images" / Path(image).name for image in images}


def _stale_pictures(name: str) -> list[str]:
    return [
        f"{copy.relative_to(paths.ROOT)} is not docs/images/{source.name}: ./dev readme"
        for copy, source in pictures(name).items()
        if not copy.exists() or copy.read_bytes() != source.read_bytes()
    ]


def marked(name: str, text: str) -> str:
    """Return a README.rst with its digest, as a comment at the end: the first line has to be the title."""
    return f"{text.rstrip()}\n\n{_MARK}{digest(name)}\n"


def findings() -> list[str]:
    """Return the pages and pictures that are missing, or older than their sources, one line each."""
    found = []
    for name in addons.shipped():
        text = page(name).read_text(encoding="utf-8") if page(name).exists() else ""
        index = page(name).parent / "static" / "description" / "index.html"
        if f"{_MARK}{digest(name)}" not in text or not index.exists():
            found.append(f"{name}/README.rst does not match readme/ and the manifest: ./dev readme")
        found += _stale_pictures(name)
    return found
