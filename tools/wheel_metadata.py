"""PyPI metadata of an add-on that whool leaves out: Python versions, project links, audience, from the manifest."""

import email.parser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import addons, paths, venvs
from .process import run

PYTHONS = ("3.10", "3.11", "3.12", "3.13")  # those supported by ./dev
_BRANCH = "19.0"
_CLASSIFIERS = (
    "Environment :: Web Environment",
    "Intended Audience :: End Users/Desktop",
    "Natural Language :: English",
    "Natural Language :: French",
    "Operating System :: OS Independent",
    "Programming Language :: Python :: 3 :: Only",
    *(f"Programming Language :: Python :: {version}" for version in PYTHONS),
    "Topic :: Office/Business",
)


def lines(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headers to add, as pairs."""
    site = manifest["website"]
    yield "Requires-Python", f">={PYTHONS[0]}"
    yield "Maintainer", ", ".join(manifest["maintainers"])
    yield "Keywords", "odoo,crm,sales,automation,triggers"
    yield "Project-URL", f"Documentation, {site}/blob/{_BRANCH}/docs/user/index.md"
    yield "Project-URL", f"Changelog, {site}/blob/{_BRANCH}/CHANGELOG.md"
    yield "Project-URL", f"Source, {site}"
    yield "Project-URL", f"Issues, {site}/issues"
    for classifier in _CLASSIFIERS:
        yield "Classifier", classifier


def completed(metadata: str, manifest: dict[str, Any]) -> str:
    """Return the text of METADATA with the missing headers; the long description is unchanged."""
    head, _blank, description = metadata.partition("\n\n")
    there = email.parser.HeaderParser().parsestr(head).items()
    added = [f"{key}: {value}" for key, value in lines(manifest) if (key, value) not in there]
    return "\n".join([head, *added]) + f"\n\n{description}"


def complete(wheel: Path, target: Path) -> None:
    """Write a wheel with complete metadata into the folder ``target``; the original is unpacked in place."""
    program, log = [venvs.python("wheel"), "-m", "wheel"], paths.log_file("wheel")
    run([*program, "unpack", "-d", wheel.parent, wheel], label="wheel unpack", log=log)
    (file,) = wheel.parent.glob("*/*.dist-info/METADATA")
    addon = next((file.parents[1] / "odoo" / "addons").iterdir()).name
    file.write_text(completed(file.read_text("utf-8"), addons.manifest(addon)), encoding="utf-8")
    run([*program, "pack", "-d", target, file.parents[1]], label="wheel pack", log=log)
