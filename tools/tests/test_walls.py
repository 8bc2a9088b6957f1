"""The walls between the rooms: what docs/architecture.md says about them is true."""

import re
from collections import Counter

from tools import paths, walls

ARCHITECTURE = paths.ROOT / "docs" / "architecture.md"
GROUND = {
    "acting.py",
    "compat.py",
    "crm_trigger_insert_mixin.py",
    "crm_trigger_known_mixin.py",
    "crm_trigger_log_mixin.py",
    "each_language.py",
    "given.py",
    "isolation.py",
    "provisional.py",
    "stopping.py",
}
# The uses that run against the main direction, and are accepted: (from, to, method). None is to be added.
KNOWN = {
    ("capture", "evaluation", "_decide_changes"),
    ("explanation", "queue", "_ask"),
    ("explanation", "queue", "_get_guards"),
    ("ground", "capture", "_clear_rules"),
    ("records", "run", "_move_to"),
    ("records", "run", "_search_of"),
    ("records", "run", "_search_paused"),
    ("records", "run", "_wake"),
    ("records", "step", "_get_kind"),
    ("rule", "capture", "_clear_rules"),
    ("rule", "capture", "_is_swept"),
    ("rule", "explanation", "_label"),
    ("rule", "run", "_delete_runs"),
    ("rule", "run", "_forget"),
    ("rule", "run", "_stop"),
    ("rule", "step", "_get_action_model_id"),
    ("rule", "step", "_get_named_problem"),
    ("rule", "step", "_is_for_administrators"),
    ("rule", "trigger_kinds", "_get_last_id"),
    ("rule", "trigger_kinds", "_take_all"),
    ("run", "evaluation", "_see_to_after_commit"),
    ("run", "queue", "_work"),
    ("run", "trigger_kinds", "_date_text"),
    ("run", "trigger_kinds", "_get_date_rule"),
    ("run", "trigger_kinds", "_get_dates"),
    ("step", "run", "_get_date"),
    ("step", "run", "_plan"),
    ("step", "step_kinds", "_act_mail"),
    ("trigger_kinds", "evaluation", "_decide"),
    ("trigger_kinds", "evaluation", "_note_undecided"),
    ("trigger_kinds", "evaluation", "_see_to"),
    ("trigger_kinds", "step_kinds", "_crm_trigger_queue_again"),
}


def _draw(root, *files):
    """Make a house of files: (path, source)."""
    for path, source in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source, encoding="utf-8")
    return root


def _class(body):
    return f"class Rule:\n    {body}\n"


def test_no_room_uses_one_that_stands_on_it_but_for_those_that_are_known():
    found = {tuple(use) for use in walls.against(walls.uses())}
    new, gone = sorted(found - KNOWN), sorted(KNOWN - found)
    assert not new, f"against the main direction; carry the method home, or ask by a hook: {new}"
    assert not gone, f"no longer there, so strike them from KNOWN: {gone}"


def test_most_uses_run_along_the_main_direction():
    found = walls.uses()
    assert sum(walls.against(found).values()) < 0.08 * sum(found.values())


def test_every_room_has_its_place_and_no_file_lies_outside_the_rooms():
    assert walls.rooms() == set(walls.ORDER)
    assert {path.name for path in walls.MODELS.glob("*.py")} == {"__init__.py", *GROUND}


def test_no_abstract_model_is_inherited_just_once():
    sources = [path.read_text(encoding="utf-8") for path in paths.ROOT.glob("crm_triggers*/models/**/*.py")]
    names = set(re.findall(r'_name = "(crm\.trigger[\w.]*mixin)"', "\n".join(sources)))
    lists = [found for text in sources for found in re.findall(r"_inherit = (\[[^\]]*\]|\"[^\"]*\")", text)]
    heirs = Counter(name for found in lists for name in re.findall(r'"([\w.]+)"', found) if name in names)
    assert names, "nothing was read"
    assert {name: heirs[name] for name in names if heirs[name] < 2} == {}


def test_a_use_of_a_room_above_is_found_and_one_below_is_not(tmp_path):
    house = _draw(
        tmp_path,
        ("rule/conditions.py", _class("def _search(self): return self._work()")),
        ("queue/worker.py", _class("def _work(self): return self._search()")),
    )
    assert dict(walls.uses(house)) == {("rule", "queue", "_work"): 1, ("queue", "rule", "_search"): 1}
    assert dict(walls.against(walls.uses(house))) == {("rule", "queue", "_work"): 1}


def test_a_hook_belongs_to_the_room_of_its_default(tmp_path):
    house = _draw(
        tmp_path,
        ("rule/trigger.py", _class("def _get_phrase(self): return ''")),
        ("trigger_kinds/date/crm_trigger_rule.py", _class("def _get_phrase(self): return super()._get_phrase()")),
        ("explanation/sentence.py", _class("def _get_sentence(self): return self._get_phrase()")),
    )
    assert dict(walls.uses(house)) == {
        ("trigger_kinds", "rule", "_get_phrase"): 1,
        ("explanation", "rule", "_get_phrase"): 1,
    }


def test_what_is_only_extended_is_odoos(tmp_path):
    house = _draw(
        tmp_path,
        ("step_kinds/send/ir_actions_server.py", _class("def _get_warnings(self): return super()._get_warnings()")),
        ("step/check.py", _class("def _get_problem(self): return self._get_warnings()")),
    )
    assert not walls.uses(house)


def test_the_walk_names_files_that_exist_each_once():
    walk = ARCHITECTURE.read_text(encoding="utf-8").partition("## Example: a dragged card")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:\w+/)*\w+\.py)`", walk)
    twice = [path for path, count in Counter(named).items() if count > 1]
    core = walls.MODELS.parent
    missing = [path for path in named if not any((root / path).is_file() for root in (walls.MODELS, core))]
    assert len(named) > 20
    assert not twice
    assert not missing


def test_the_house_is_told_in_twelve_lines():
    table = ARCHITECTURE.read_text(encoding="utf-8").partition("| room |")[2].partition("\n\n")[0]
    assert len(table.splitlines()) - 2 == 12
    assert all(room in table for room in walls.ORDER)
