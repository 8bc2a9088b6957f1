"""Which sources the screen of each picture is made of, and which pictures are older than their screen.

``docs/images/screens.json`` holds, for each picture, a hash of each of these files as it was when the picture was
taken: views, the parts of the browser, and where a picture shows our own texts the data they stand in. Not the French
of the ``.po`` files and not Odoo's sources: a word of another screen would make every picture old. Comments and the
way a file is wrapped show on no screen, so they do not count.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from .. import links, paths

IMAGES = "docs/images"
STORY = "story-"  # what the names of the pictures of ./dev story begin with
FOLDERS = {"en_US": "", "fr_FR": "fr/"}
_COMMENTS = re.compile(r"<!--.*?-->|/\*.*?\*/|^\s*//[^\n]*$", re.DOTALL | re.MULTILINE)
_CORE, _EXAMPLE = "crm_triggers", "crm_triggers_example"
_RULES = f"{_EXAMPLE}/data/crm_trigger_rule_"
_CARDS = (
    f"{_CORE}/views/crm_trigger_rule_views.xml",
    f"{_CORE}/static/src/rule_kanban/*",
    f"{_CORE}/static/src/sparkline/*",
)
_FORM = (
    f"{_CORE}/views/crm_trigger_rule_form*_views.xml",
    f"{_CORE}/static/src/rule_form.scss",
    f"{_CORE}/static/src/preset_field/*",
)
_STEP = (
    "crm_triggers*/views/crm_trigger_step*_views.xml",
    f"{_CORE}/static/src/kind_field/*",
    f"{_CORE}/static/src/rule_form.scss",
)
_GALLERY = (f"{_CORE}/views/crm_trigger_gallery_views.xml", f"{_CORE}/data/crm_trigger_gallery_*_data.xml")
_LOG = (f"{_CORE}/views/crm_trigger_execution_views.xml",)
_LINE = (f"{_CORE}/views/crm_trigger_execution_form_views.xml",)
_RUNS = (f"{_CORE}/views/crm_trigger_run_views.xml",)
_PANEL = (f"{_CORE}/static/src/panel/panel.*",)
_LEAD = (f"{_CORE}/views/crm_lead_views.xml",)
_ORDER = (f"{_CORE}/views/sale_order_views.xml",)
_INVOICE = (f"{_CORE}/views/account_move_views.xml",)
_CONTRACT = ("crm_triggers_contract/views/contract_contract_views.xml",)
_MAILS = (f"{_EXAMPLE}/data/mail_template_data.xml", f"{_CORE}/data/mail_layout_data.xml")
SCREENS: dict[str, tuple[str, ...]] = {
    "enroll": (f"{_CORE}/wizards/crm_trigger_enroll_views.xml",),
    "execution-error": _LINE,
    "execution-traceback": _LINE,
    "executions": _LOG,
    "executions-graph": _LOG,
    "executions-pivot": _LOG,
    "explanation": (f"{_CORE}/static/src/panel/*", *_ORDER),
    "gallery": _GALLERY,
    "help": (
        f"{_CORE}/static/src/help/*",
        f"{_CORE}/views/crm_trigger_help_views.xml",
        f"{_CORE}/data/crm_trigger_help_data.xml",
    ),
    "lead-triggers": _LEAD,
    "panel-contact": (*_PANEL, f"{_CORE}/views/res_partner_views.xml"),
    "panel-contract": (*_PANEL, *_CONTRACT),
    "panel-empty": (*_PANEL, *_ORDER),
    "panel-error": (*_PANEL, *_ORDER),
    "panel-invoice": (*_PANEL, *_INVOICE),
    "panel-lead": (*_PANEL, *_LEAD),
    "panel-quotation": (*_PANEL, *_ORDER),
    "planned": (*_LOG, f"{_CORE}/static/src/calendar/*"),
    "rule-date": _FORM,
    "rule-form": _FORM,
    "rule-new": _FORM,
    "rule-safeguards": _FORM,
    "rule-switch-on": (f"{_CORE}/wizards/crm_trigger_activation_views.xml",),
    "rule-test": _FORM,
    "rules": _CARDS,
    "rules-list": _CARDS,
    "rules-search": _CARDS,
    "run": _RUNS,
    "runs": _RUNS,
    "scenario": _FORM,
    "settings": (f"{_CORE}/views/res_config_settings_views.xml", f"{_CORE}/static/src/purge/*"),
    "stage-gear": (f"{_CORE}/static/src/stage/*",),
    "stage-rules": (*_CARDS, f"{_CORE}/static/src/stage/*"),
    "step-form": _STEP,
    "story-01-install": _GALLERY,
    "story-02-rules": (*_CARDS, f"{_RULES}*_data.xml"),
    "story-03-rule": (*_FORM, f"{_RULES}lead_data.xml"),
    "story-04-form": (f"{_EXAMPLE}/data/website_page_data.xml",),
    "story-05-request": (*_LEAD, *_MAILS),
    "story-06-qualified": (*_LEAD, f"{_RULES}lead_data.xml"),
    "story-07-pipeline": (f"{_EXAMPLE}/data/crm_team_data.xml",),
    "story-08-held": (*_LEAD, f"{_RULES}lead_data.xml"),
    "story-09-sent": (*_PANEL, *_ORDER, f"{_RULES}quotation_data.xml"),
    "story-10-portal": (f"{_EXAMPLE}/data/sale_order_template_data.xml",),
    "story-11-answered": (*_PANEL, *_ORDER, f"{_RULES}quotation_data.xml"),
    "story-12-signed": (*_PANEL, *_ORDER, f"{_RULES}quotation_data.xml"),
    "story-13-won": (*_LEAD, *_MAILS),
    "story-14-overdue": (*_PANEL, *_INVOICE, f"{_RULES}customer_data.xml"),
    "story-15-renewal": (f"{_EXAMPLE}/data/crm_team_data.xml",),
    "story-16-contract": (*_PANEL, *_CONTRACT, f"{_RULES}customer_data.xml"),
    "story-17-renewed": (*_LEAD, f"{_RULES}customer_data.xml"),
    "story-18-history": _LOG,
}


def sources(name: str, root: Path = paths.ROOT) -> list[Path]:
    """Return the files that the screen of a picture is made of, sorted."""
    return sorted({path for pattern in SCREENS[name] for path in root.glob(pattern) if path.is_file()})


def hashes(name: str, root: Path = paths.ROOT) -> dict[str, str]:
    """Return a short hash of each of these files as it is now."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(_shown_by(path).encode()).hexdigest()[:12]
        for path in sources(name, root)
    }


def _shown_by(path: Path) -> str:
    return " ".join(_COMMENTS.sub("", path.read_text(encoding="utf-8")).split())


def _record_file(root: Path) -> Path:
    return root / IMAGES / "screens.json"


def recorded(root: Path = paths.ROOT) -> dict[str, dict[str, str]]:
    """Return picture below docs/images -> file -> hash, as they were when the picture was taken."""
    file = _record_file(root)
    taken: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return taken


def record(picture: Path, root: Path = paths.ROOT) -> None:
    """Keep that a picture was taken of its screen as it is now."""
    taken = {name: files for name, files in recorded(root).items() if (root / IMAGES / name).exists()}
    taken[picture.relative_to(root / IMAGES).as_posix()] = hashes(picture.stem, root)
    text = json.dumps(taken, indent=1, sort_keys=True)
    _record_file(root).write_text(f"{text}\n", encoding="utf-8")


def findings(root: Path = paths.ROOT) -> list[str]:
    """Return one line for each picture that is old, missing, on no page, or on a page of the other language."""
    return [*_ages(root), *_orphans(root), *_mixed(root)]


def _again(name: str) -> str:
    return "./dev story" if name.startswith(STORY) else f"./dev shot {name}"


def _ages(root: Path) -> Iterator[str]:
    taken = recorded(root)
    for name in SCREENS:
        now = hashes(name, root)
        for folder in FOLDERS.values():
            picture = f"{folder}{name}.png"
            then = taken.get(picture, {})
            changed = sorted(file for file in now.keys() | then.keys() if now.get(file) != then.get(file))
            if not (root / IMAGES / picture).exists():
                yield f"{IMAGES}/{picture} is not there: {_again(name)}"
            elif changed:
                yield f"{IMAGES}/{picture} is older than its screen ({', '.join(changed)}): {_again(name)}"


def _shown(root: Path) -> Iterator[tuple[str, int, str]]:
    """Yield page, line and picture, each below the project, of each picture that a page shows."""
    images = (root / IMAGES).resolve()
    for page in links.pages(root):
        for number, target in links.targets(page.read_text(encoding="utf-8")):
            path = (page.parent / target).resolve()
            if path.suffix == ".png" and path.is_relative_to(images):
                yield page.relative_to(root).as_posix(), number, path.relative_to(images).as_posix()


def _orphans(root: Path) -> Iterator[str]:
    shown = {picture for _page, _number, picture in _shown(root)}
    for path in sorted((root / IMAGES).rglob("*.png")):
        picture = path.relative_to(root / IMAGES).as_posix()
        if picture not in shown:
            yield f"{IMAGES}/{picture} is on no page"
        if path.stem not in SCREENS:
            yield f"{IMAGES}/{picture}: tools/pictures/screens.py does not say what it shows"


def _mixed(root: Path) -> Iterator[str]:
    for page, number, picture in _shown(root):
        if page.startswith("docs/fr/") != picture.startswith("fr/"):
            yield f"{page}:{number}: {picture} is in the other language"
