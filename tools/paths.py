"""Paths. Everything the tools create is below ``.dev/`` (and ``dist/`` for wheels)."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".dev"
REQUIREMENTS = ROOT / "requirements"
DIST = ROOT / "dist"

LOGS = STATE / "log"
LOCK = STATE / "lock"
LINT_LOCK = STATE / "lock-lint"
APT = STATE / "apt"
DEBIAN_TREE = STATE / "odoo-debian"
GIT_TREE = STATE / "odoo-git"
POSTGRES = STATE / "pg"
DATA = STATE / "data"
FILESTORE = DATA / "filestore"
CONFIG = STATE / "odoo.conf"
SERVER = STATE / "server.json"
TEST_TIMES = STATE / "test-times.json"


def log_file(name: str) -> Path:
    """Return the path of the log called ``name``, creating its folder."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"
