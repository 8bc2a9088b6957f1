import dataclasses
import re

import pytest

from tools import paths
from tools.browsing import story_clock
from tools.pictures import screens
from tools.pictures.cast import CASTS

PAGES = {"en_US": "story.md", "fr_FR": "fr/story.md"}
SAID = ("company", "office", "sales")


def pictures(lang):
    """Return the names of the pictures that the page of a language shows, in their order."""
    text = (paths.ROOT / "docs" / PAGES[lang]).read_text(encoding="utf-8")
    return re.findall(rf"\]\((?:\.\./)?images/{screens.FOLDERS[lang]}(story-[\w-]+)\.png\)", text)


@pytest.mark.parametrize("lang", PAGES)
def test_the_page_shows_every_station_in_its_order(lang):
    shown = pictures(lang)

    assert shown == sorted(name for name in screens.SCREENS if name.startswith(screens.STORY))
    assert [int(name.split("-")[1]) for name in shown] == list(range(1, len(shown) + 1))


def test_each_language_has_a_cast_of_its_own():
    assert set(CASTS) == set(screens.FOLDERS)
    english, french = CASTS["en_US"], CASTS["fr_FR"]
    for field in dataclasses.fields(english):
        if field.name not in ("firm", "request"):
            assert getattr(english, field.name) != getattr(french, field.name)
    for part in SAID:
        assert english.firm[part]["name"] != french.firm[part]["name"]
    assert (english.firm["lang"], french.firm["lang"], french.firm["currency"]) == ("en_US", "fr_FR", "base.EUR")
    assert english.request.keys() == french.request.keys()
    assert not set(english.request.values()) & set(french.request.values())


@pytest.mark.parametrize("lang", PAGES)
def test_the_page_tells_of_its_cast(lang):
    text, cast = (paths.ROOT / "docs" / PAGES[lang]).read_text(encoding="utf-8"), CASTS[lang]
    people = [cast.request["contact_name"], *(cast.firm[part]["name"].split()[0] for part in ("office", "sales"))]
    for said in (cast.firm["company"]["name"], *people):
        assert said in text


def test_clock_moves_every_date_in_one_transaction(monkeypatch):
    said = []

    def sql(statement, database):
        said.append(statement)
        return ["crm_lead|create_date", "crm_lead|date_deadline", "sale_order|date_order"]

    monkeypatch.setattr(story_clock.postgres, "sql", sql)
    story_clock.let_pass("story", 30, "fr_FR")

    statements = said[-1].split(";")
    assert (statements[0], statements[-1]) == ("BEGIN", "COMMIT")
    assert statements[1].count("interval '30 days'") == 2
    assert "occurrence::date - 30" in statements[-4]
    assert "date_value::date - 30" in statements[-3]
    assert "to_char(to_date(said, 'DD/MM/YYYY') - 30, 'DD/MM/YYYY')" in statements[-2]
