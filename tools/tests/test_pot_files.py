import polib
import pytest

from tools import pot_files

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"POT-Creation-Date: {date}\\n"\n'


def _pot(path, *terms, date="2026-01-01"):
    entries = "".join(f'\n#. module: toy\n#: model:ir.model,name:toy\nmsgid "{term}"\nmsgstr ""\n' for term in terms)
    path.write_text(HEADER.format(date=date) + entries)
    return path


@pytest.fixture
def folder(tmp_path):
    """Return an i18n folder whose files are up to date and translated."""
    i18n = tmp_path / "i18n"
    pot_files.write("toy", _pot(tmp_path / "toy.pot", "Rule", "Step"), i18n)
    catalog = polib.pofile(str(i18n / "fr.po"))
    for entry in catalog:
        entry.msgstr = f"{entry.msgid} (fr)"
    catalog.save()
    return i18n


def test_up_to_date_and_translated_passes_whatever_the_export_date(folder, tmp_path):
    assert pot_files.check("toy", _pot(tmp_path / "new.pot", "Rule", "Step", date="2027-07-07"), folder) == []


def test_a_term_missing_in_the_committed_template_is_found(folder, tmp_path):
    found = pot_files.check("toy", _pot(tmp_path / "new.pot", "Rule", "Step", "Run"), folder)

    assert found[0] == "toy.pot does not match the sources: run ./dev pot"
    assert "'Run'" in found[1]


def test_a_fuzzy_translation_is_found(folder, tmp_path):
    catalog = polib.pofile(str(folder / "fr.po"))
    catalog.find("Rule").flags.append("fuzzy")
    catalog.save()

    assert len(pot_files.check("toy", tmp_path / "toy.pot", folder)) == 1


def test_merging_keeps_translations_and_drops_what_is_gone(folder, tmp_path):
    pot_files.write("toy", _pot(tmp_path / "new.pot", "Rule", "Run"), folder)

    catalog = polib.pofile(str(folder / "fr.po"))
    assert [(entry.msgid, entry.msgstr) for entry in catalog] == [("Rule", "Rule (fr)"), ("Run", "")]


def test_an_add_on_without_terms_needs_no_files(tmp_path):
    assert pot_files.check("toy", _pot(tmp_path / "toy.pot"), tmp_path / "i18n") == []
