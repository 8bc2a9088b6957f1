import shutil

import pytest

from tools import addons, guide, paths
from tools.console import Problem
from tools.guide import labels, page, sources
from tools.guide.language import Language
from tools.guide.page import Chapter, Section
from tools.guide.words import LANGUAGES

CORE = "crm_triggers"


@pytest.fixture
def root(tmp_path):
    """A copy of the guide's sources."""
    for name in addons.names():
        for path in (paths.ROOT / name).rglob("*"):
            kept = path.suffix in (".po", ".xml") or (path.suffix == ".py" and "tests" not in path.parts)
            if path.is_file() and kept:
                copy = tmp_path / path.relative_to(paths.ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
    for folder in LANGUAGES.values():
        shutil.copytree(paths.ROOT / folder, tmp_path / folder)
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_guide_is_complete():
    assert guide.findings() == []


def test_labels_of_the_guide_are_on_the_screen():
    assert labels.findings() == []


def test_both_languages_have_the_same_pages():
    english, french = (
        {str(path.relative_to(paths.ROOT / folder)) for path in (paths.ROOT / folder).rglob("*.md")}
        for folder in LANGUAGES.values()
    )

    assert english <= french
    # The story and the screens are outside of the guide in English.
    assert all((paths.ROOT / "docs" / name).exists() for name in french - english)


def test_a_new_preset_is_missed_in_both_languages_and_needs_a_translation(root):
    preset = """<record id="preset_quotation_lost" model="crm.trigger.preset">
        <field name="name">Quotation lost</field>
        <field name="phase">quotation</field>
        <field name="model_name">sale.order</field>
        <field name="filter_domain">[("state", "=", "cancel")]</field>
    </record></odoo>"""
    change(root / CORE / "data" / "crm_trigger_preset_quotation_data.xml", "</odoo>", preset)

    found = guide.findings(root)

    for folder in LANGUAGES.values():
        assert f"{folder}/events.md lacks the preset preset_quotation_lost (“Quotation lost”): ./dev guide" in found
    assert any("no French for 'Quotation lost'" in line for line in found)


def test_a_condition_without_words_names_its_preset(root):
    file = root / CORE / "data" / "crm_trigger_preset_quotation_data.xml"
    change(file, '[("signed_on", "!=", False)]', '[("signed_by", "!=", False)]')

    assert guide.findings(root) == [
        "tools/guide/words.py has no words for “signed_by != False”, of the preset crm_triggers.preset_quotation_signed"
    ]


def test_a_new_kind_and_a_new_reason_are_missed(root):
    folder = root / f"{CORE}_sms" / "models"
    (folder / "crm_trigger_fax.py").write_text(
        """declare("fax", StepKind(heading="customer", needs="contact", manager_fields=("fax_paper",)))

class CrmTriggerStep(models.Model):
    _inherit = "crm.trigger.step"
    kind = fields.Selection(selection_add=[("fax", "Send a fax"), ("other",)])

SKIP_PAPER = "paper"

class CrmTriggerExecution(models.Model):
    _inherit = ["crm.trigger.execution"]
    skip_reason = fields.Selection(selection_add=[(SKIP_PAPER, "No paper")])
""",
        encoding="utf-8",
    )

    found = guide.findings(root)

    assert "docs/user/actions.md lacks the kind of action kind-fax (“Send a fax”): ./dev guide" in found
    assert (
        "docs/user/actions.md has no manual text about the kind of action kind-fax (“Send a fax”): ./dev guide" in found
    )
    assert "the field fax_paper of an action has no label: ./dev pot, then translate it" in found
    assert "docs/fr/reasons.md lacks the skip reason skip-paper (“No paper”): ./dev guide" in found
    guide.write(root)
    left = guide.findings(root)
    assert not [line for line in left if "lacks" in line]
    assert "docs/user/reasons.md has no manual text about the skip reason skip-paper (“No paper”): ./dev guide" in left


def test_a_need_without_words_names_its_kind(root):
    change(root / CORE / "models" / "step_kinds" / "stage" / "crm_trigger_step.py", 'needs="opp', 'needs="no_opp')

    assert guide.findings(root) == [
        "tools/guide/words.py has no words for “no_opportunity”, of the kind stage",
    ]


def test_a_reason_whose_value_stands_elsewhere_is_a_problem(root):
    change(root / f"{CORE}_project" / "models" / "crm_trigger_execution.py", 'SKIP_OTHER_COMPANY = "', 'OTHER = "')

    with pytest.raises(Problem, match="SKIP_OTHER_COMPANY"):
        guide.findings(root)


def test_a_text_that_changed_is_out_of_date_until_it_is_written(root):
    file = root / CORE / "data" / "crm_trigger_preset_quotation_data.xml"
    change(file, "It is sent by email, or marked as sent.", "It leaves.")

    assert "docs/user/events.md does not match the data: ./dev guide" in guide.findings(root)


def test_what_was_written_by_hand_is_kept_and_what_is_gone_is_named():
    chapter = Chapter("Skipped", (Section("skip reason", "skip-a", "A", (), by_hand=True),))
    first = page.rewritten("# Title\n\nBy hand.\n", [chapter])
    mark = "<!-- by hand: skip-a -->\n"
    told = first.replace(mark, f"{mark}\nThe cure.\n\n")

    renamed = Chapter("Skipped", (Section("skip reason", "skip-a", "B", (), by_hand=True),))
    again = page.rewritten(told, [renamed])

    assert again.startswith("# Title\n\nBy hand.\n")
    assert "### B" in again
    assert "The cure." in again
    assert page.findings("p.md", again, [renamed]) == []
    assert page.findings("p.md", first, [chapter]) == ["p.md has no manual text about the skip reason skip-a (“A”)"]
    assert page.findings("p.md", again, [])[0].startswith("p.md has a manual text about skip-a, which no longer exists")


def test_help_on_screen_that_leads_nowhere_is_named(root):
    (root / "docs" / "fr" / "delays.md").unlink()

    assert guide.findings(root) == ["crm_triggers.help_date leads to docs/fr/delays.md, which does not exist"]


def test_a_label_that_is_on_no_screen_is_named(root):
    (root / "docs" / "user" / "index.md").write_text(
        "Press **Activate**, then\n**CRM > Triggers > Nowhere**.\n", "utf-8"
    )

    assert labels.findings(root) == ["docs/user/index.md:2: “Nowhere” is on no screen"]


def test_presets_and_kinds_are_read_as_the_product_has_them():
    presets = {one.xmlid: one for one in sources.records("crm.trigger.preset")}
    kinds = {one.kind: one for one in sources.kinds()}

    assert presets["crm_triggers.preset_quotation_sent"].values["filter_domain"] == '[("state", "=", "sent")]'
    assert presets["crm_triggers.preset_opportunity_first_visit"].values["meeting_rank"] == "1"
    assert kinds["stage"].fields == ("stage_move", "stage_id", "stage_forward_only", "lost_reason_id")
    assert {one.value for one in sources.selection("crm.trigger.step", "kind")} == set(kinds)


def test_french_of_a_page_is_that_of_the_screen():
    french = Language("fr")

    assert french.value(CORE, "crm.trigger.run", "stop_reason", "answered", "The customer answered") == (
        "Le client a répondu"
    )
    assert french.field("crm_triggers_sms", "sms_template_id")[0]
    assert french.missing == []
