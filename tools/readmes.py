"""README.rst and static/description/index.html of each add-on, made of its fragments in ``readme/`` as OCA's are.

A digest of what they are made of stands in README.rst: whether it is up to date is known without the converters.
"""

import hashlib
from pathlib import Path

from . import addons, paths

# The files in readme/ and their headings, in OCA's order; the first one has none.
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
_MARK = ".. source digest: "


def fragments(name: str, root: Path = paths.ROOT) -> dict[str, str]:
    """Return ``{name: Markdown}`` of the fragments that an add-on has, in order."""
    folder = root / name / "readme"
    files = {fragment: folder / f"{fragment}.md" for fragment in FRAGMENTS}
    return {fragment: file.read_text(encoding="utf-8").strip() for fragment, file in files.items() if file.exists()}


def digest(name: str, root: Path = paths.ROOT) -> str:
    """Return a hash of all that the pages of an add-on are made of."""
    manifest = addons.manifest(name, root)
    parts = [manifest["name"], manifest["summary"], manifest["license"], manifest["website"]]
    parts += [text for pair in fragments(name, root).items() for text in pair]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def markdown(name: str, root: Path = paths.ROOT) -> str:
    """Return the page of an add-on as one Markdown text, its headings below that of the page."""
    manifest = addons.manifest(name, root)
    license_name = manifest["license"]
    lines = [
        f"# {manifest['name']}",
        f"[License: {license_name}]({_LICENSES[license_name]}) · [Documentation and source]({manifest['website']})",
        f"{manifest['summary']}.",
    ]
    for fragment, text in fragments(name, root).items():
        lines += [f"## {FRAGMENTS[fragment]}"] * bool(FRAGMENTS[fragment]) + [text]
    lines += ["## Bug tracker", f"Please report bugs on [the project's page]({manifest['website']}/issues)."]
    return "\n\n".join(lines) + "\n"


def page(name: str) -> Path:
    """Return where the README.rst of an add-on is."""
    return paths.ROOT / name / "README.rst"


def marked(name: str, text: str) -> str:
    """Return a README.rst with its digest, as a comment at the end: the first line has to be the title."""
    return f"{text.rstrip()}\n\n{_MARK}{digest(name)}\n"


def findings() -> list[str]:
    """Return which pages are missing, or older than what they are made of, a line each."""
    found = []
    for name in addons.shipped():
        text = page(name).read_text(encoding="utf-8") if page(name).exists() else ""
        index = page(name).parent / "static" / "description" / "index.html"
        if f"{_MARK}{digest(name)}" not in text or not index.exists():
            found.append(f"{name}/README.rst is not what readme/ and the manifest say: ./dev readme")
    return found
