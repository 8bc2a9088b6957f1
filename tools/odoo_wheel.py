"""A 1 kB wheel named ``odoo`` that points to an Odoo tree.

With it pip treats Odoo as installed: OCA add-ons, which require "odoo==19.0.*", install with plain pip, and Odoo
finds them without an addons_path, because ``odoo.addons`` is a namespace package.
"""

import base64
import hashlib
import zipfile
from pathlib import Path

NAME = "odoo-19.0-py3-none-any.whl"
_INFO = "odoo-19.0.dist-info"


def _contents(tree: Path) -> dict[str, str]:
    return {
        "odoo_tree.pth": f"{tree}\n",
        f"{_INFO}/METADATA": "Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\nRequires-Python: >=3.10\n",
        f"{_INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: crm_triggers\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{_INFO}/entry_points.txt": "[console_scripts]\nodoo = odoo.cli:main\n",
    }


def _record_line(name: str, text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(text.encode())}\n"


def build(tree: Path, folder: Path) -> Path:
    """Write the wheel for the Odoo ``tree`` into ``folder`` and return its path."""
    files = _contents(tree)
    record = "".join(_record_line(name, text) for name, text in files.items()) + f"{_INFO}/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / NAME, "w") as archive:
        for name, text in {**files, f"{_INFO}/RECORD": record}.items():
            archive.writestr(name, text)
    return folder / NAME
