"""Odoo from Debian's package, unpacked below ``.dev/``: no root, nothing installed, from the machine's mirror.

apt runs with separate lists, cache and status; only its proxy and certificate settings are the machine's.
"""

import hashlib
import re
import shutil
import tempfile
from pathlib import Path

from . import paths
from .console import Problem, say, step
from .process import run, try_run
from .system import check_space

# The build all tests were run with. Debian's sid changes: another 19.0 build is used with a notice.
KNOWN_SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"
FROM_SID = ("odoo-19", "fonts-montserrat")
# Targets of the package's links; these are in every Debian release.
FROM_RELEASE = (
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
# 832 of the 1300 MB are translations: keep French and the templates.
_LEFT_OUT = "*/i18n/[!f]*.po"
_STUB = "usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_APT_CONF = """\
Dir::State "{apt}"; Dir::State::Lists "{apt}/lists"; Dir::State::status "{apt}/status"; Dir::Cache "{apt}/cache";
Dir::Etc::SourceList "{apt}/sources.list"; Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null"; Dir::Etc::PreferencesParts "/dev/null";
APT::Sandbox::User ""; Acquire::Languages "none"; Acquire::Retries "3";
#clear APT::Update::Post-Invoke; #clear APT::Update::Post-Invoke-Success; #clear DPkg::Post-Invoke;
"""


def release_codename(os_release: Path = Path("/etc/os-release")) -> str | None:
    """Return Debian's code name ("bookworm"), or None on another system."""
    text = os_release.read_text(encoding="utf-8") if os_release.exists() else ""
    codename = re.search(r"^VERSION_CODENAME=(\w+)", text, re.MULTILINE)
    return codename[1] if codename and re.search(r"^ID=debian$", text, re.MULTILINE) else None


def mirror(codename: str) -> str | None:
    """Return the address the machine's apt uses for ``codename``, or None.

    Found by ``--print-uris update`` with an empty list folder, because ``indextargets`` prints nothing on a machine
    where apt-get update never ran.
    """
    with tempfile.TemporaryDirectory() as empty:
        options = ["-o", f"Dir::State::Lists={empty}", "-o", "APT::Sandbox::User="]
        output = try_run(["apt-get", "--print-uris", *options, "update"]) or ""
    match = re.search(rf"^'(\S+)/dists/{codename}/InRelease'", output, re.MULTILINE)
    return match[1] if match else None


def _prepare_apt(address: str, codename: str) -> None:
    apt = paths.APT
    for folder in ("lists/partial", "cache/archives/partial", "debs"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "status").touch()
    lines = [f"deb [signed-by={_KEYRING}] {address} {suite} main\n" for suite in ("sid", codename)]
    (apt / "sources.list").write_text("".join(lines), encoding="utf-8")
    (apt / "apt.conf").write_text(_APT_CONF.format(apt=apt), encoding="utf-8")


def _download(codename: str) -> bool:
    """Fetch the packages into ``.dev/apt/debs``; return False when Debian has no odoo-19 any more."""
    log, apt = paths.log_file("debian"), ["apt-get", "-q", "-c", paths.APT / "apt.conf"]
    with step(f"package lists of Debian sid and {codename} (kept inside .dev/)"):
        run([*apt, "update"], label="apt-get update", log=log)
    if "odoo-19" not in (try_run(["apt-cache", "-c", paths.APT / "apt.conf", "madison", "odoo-19"]) or ""):
        say("  note: Debian no longer has the package odoo-19; trying other sources")
        return False
    wanted = [f"{name}/sid" for name in FROM_SID] + [f"{name}/{codename}" for name in FROM_RELEASE]
    with step("Odoo 19 as Debian's package, 132 MB"):
        run([*apt, "download", *wanted], label="apt-get download", log=log, cwd=paths.APT / "debs")
    return True


def _check_version() -> None:
    """Print a note if Debian's build is not the one the project was tested with (apt has checked its signature)."""
    package = next((paths.APT / "debs").glob("odoo-19_*.deb"))
    if hashlib.sha256(package.read_bytes()).hexdigest() != KNOWN_SHA256:
        say(f"  note: {package.name} is not the build this project was tested with; using it anyway")


def _unpack(target: Path) -> None:
    log = paths.log_file("debian")
    script = f'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards --exclude=\'{_LEFT_OUT}\''
    with step("unpacking Odoo (about 500 MB)"):
        for package in sorted((paths.APT / "debs").glob("*.deb")):
            command = ["bash", "-o", "pipefail", "-c", script, "unpack", package, target]
            run(command, label=f"unpacking {package.name}", log=log)
    # Left out by Debian as non-free; without the file every back-end tour fails on a missing asset.
    stub = target / _STUB
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.write_text("/* left out by Debian; only the blur of video calls needs it */\n", encoding="utf-8")
    broken = [path for path in target.rglob("*") if path.is_symlink() and not path.exists()]
    if broken:
        raise Problem(f"Debian's package has broken links: {broken[0]} ...", "set ODOO_HOME to a 19.0 checkout")


def fetch(target: Path) -> bool:
    """Download and unpack Odoo into ``target``; return False if this machine cannot get it from Debian."""
    codename = release_codename()
    if not codename or not shutil.which("dpkg-deb"):
        return False
    address = mirror(codename)
    if not address:
        return False
    check_space()
    _prepare_apt(address, codename)
    if not _download(codename):
        return False
    _check_version()
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _unpack(partial)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    (target / ".done").touch()
    shutil.rmtree(paths.APT)  # 170 MB that are no longer needed
    return True
