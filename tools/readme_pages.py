"""Runs in the environment "readme": writes a page (head, mark of the contents, Markdown on standard input) to two
files.

``rst`` is converted by pandoc, the page of the Apps store by docutils, as in OCA's tool.
"""

import sys
from pathlib import Path

# Restrictions of a store page: no local files, no raw HTML.
_SAFE = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 3,
    "halt_level": 3,
    "syntax_highlight": "none",
    "generator": False,
    "datestamp": False,
}


_CONTENTS = "**Table of contents**\n\n.. contents::\n   :local:"


def main(readme: Path, index: Path) -> None:
    """Write both pages of an add-on."""
    import docutils.core
    import pypandoc

    head, mark, markdown = sys.stdin.read().split("\0")
    body = pypandoc.convert_text(markdown, "rst", format="gfm", extra_args=["--columns=100"])
    text = f"{head}\n\n{body.replace(mark, _CONTENTS)}"
    readme.write_text(text, encoding="utf-8")
    page = docutils.core.publish_string(text, writer="html5", settings_overrides={**_SAFE, "output_encoding": "utf-8"})
    index.parent.mkdir(parents=True, exist_ok=True)
    index.write_bytes(page)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
