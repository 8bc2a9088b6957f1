"""Dead links in the Markdown files: missing files, pictures and anchors. Works offline."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from . import paths

_NOT_OURS = frozenset({".dev", ".git", "dist", "node_modules"})
_FENCE = re.compile(r"^\s{0,3}(```+|~~~+)")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_COMMENT = re.compile(r"<!--.*?-->")
# [text](target "title"), also around a picture; [name]: target; <img src="target">, <a href="target">
_INLINE = re.compile(r"\]\(\s*(<[^>]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+[\"'(][^)]*)?\s*\)")
_DEFINITION = re.compile(r"^\s{0,3}\[(?!\^)[^\]]+\]:\s+(<[^>]*>|\S+)")
_HTML = re.compile(r"<(?:img|a)\b[^>]*?\b(?:src|href)=[\"']([^\"']*)[\"']", re.IGNORECASE)
_ID = re.compile(r"<\w+\b[^>]*?\b(?:id|name)=[\"']([^\"']+)[\"']", re.IGNORECASE)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-+)\s*$")
_LINK_TEXT = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def pages(root: Path = paths.ROOT) -> list[Path]:
    """Return the Markdown files of the project, sorted."""
    return sorted(path for path in root.rglob("*.md") if _NOT_OURS.isdisjoint(path.relative_to(root).parts))


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line outside code blocks and comments; inline code is blanked."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        else:
            yield number, _COMMENT.sub("", line)


def targets(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and target of each link and picture."""
    for number, line in prose(text):
        plain = _CODE.sub("``", line)
        for pattern in (_INLINE, _DEFINITION, _HTML):
            yield from ((number, match[1].strip("<>")) for match in pattern.finditer(plain))


def anchors(text: str) -> set[str]:
    """Return the possible link targets in a page: its headings, as GitHub names them, and its ids."""
    seen: Counter[str] = Counter()
    found = {name for _number, line in prose(text) for name in _ID.findall(line)}
    for heading in _headings(text):
        slug = slugify(heading)
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def _headings(text: str) -> Iterator[str]:
    before = ""
    for _number, line in prose(text):
        if match := _HEADING.match(line):
            yield match[1]
        elif _UNDERLINE.match(line) and before.strip() and not before.lstrip().startswith(("|", "-", "#", ">")):
            yield before
        before = line


def slugify(heading: str) -> str:
    """Return GitHub's anchor for a heading."""
    plain = re.sub(r"<[^>]+>", "", _LINK_TEXT.sub(r"\1", heading))
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


@cache
def _anchors_of(path: Path, _changed: int) -> set[str]:
    return anchors(path.read_text(encoding="utf-8"))


def _problem(page: Path, target: str, root: Path) -> str:
    """Return the problem of a link, or nothing."""
    if not target:
        return "a link without a target"
    if _SCHEME.match(target):
        return ""
    name, _mark, anchor = target.partition("#")
    name = unquote(name.partition("?")[0])
    path = (root / name.lstrip("/") if name.startswith("/") else page.parent / name) if name else page
    if not path.exists():
        return f"{target} does not exist"
    if not path.resolve().is_relative_to(root.resolve()):
        return f"{target} is outside of the project"
    if not anchor or path.suffix != ".md":
        return ""
    known = _anchors_of(path, path.stat().st_mtime_ns)
    return "" if unquote(anchor) in known else f"{target}: there is no such heading or anchor"


def findings(root: Path = paths.ROOT) -> list[str]:
    """Return one line for each dead link, with its place."""
    return [
        f"{page.relative_to(root)}:{number}: {problem}"
        for page in pages(root)
        for number, target in targets(page.read_text(encoding="utf-8"))
        if (problem := _problem(page, target, root))
    ]
