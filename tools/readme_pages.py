"""Run in the environment "readme": convert Markdown on standard input to the file that the first argument names.

``rst`` comes from pandoc, the page of the Apps store from docutils, both as OCA's tool has them.
"""

import sys
from pathlib import Path

# What a page of the store may do: no files of this machine, no raw HTML.
_SAFE = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 3,
    "halt_level": 3,
    "syntax_highlight": "none",
    "generator": False,
    "datestamp": False,
}


def main(readme: Path, index: Path) -> None:
    """Write both pages of an add-on."""
    import docutils.core
    import pypandoc

    text = pypandoc.convert_text(sys.stdin.read(), "rst", format="gfm", extra_args=["--columns=100"])
    readme.write_text(text, encoding="utf-8")
    page = docutils.core.publish_string(text, writer="html5", settings_overrides={**_SAFE, "output_encoding": "utf-8"})
    index.parent.mkdir(parents=True, exist_ok=True)
    index.write_bytes(page)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
