"""Run in the environment "readme": write a page, its head and its Markdown on standard input, to two files.

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

    head, _mark, body = sys.stdin.read().partition("\0")
    text = f"{head}\n\n{pypandoc.convert_text(body, 'rst', format='gfm', extra_args=['--columns=100'])}"
    readme.write_text(text, encoding="utf-8")
    page = docutils.core.publish_string(text, writer="html5", settings_overrides={**_SAFE, "output_encoding": "utf-8"})
    index.parent.mkdir(parents=True, exist_ok=True)
    index.write_bytes(page)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
