import re

from tools import paths
from tools.browsing import story_clock

STORY = (paths.ROOT / "docs" / "story.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"\]\(images/(story-[\w-]+\.png)\)", STORY)


def test_story_shows_every_station_in_both_languages():
    images = paths.ROOT / "docs" / "images"
    for folder in (images, images / "fr"):
        assert sorted(PICTURES) == sorted(path.name for path in folder.glob("story-*.png"))


def test_stations_are_in_their_order():
    assert [int(name.split("-")[1]) for name in PICTURES] == list(range(1, len(PICTURES) + 1))


def test_clock_moves_every_date_in_one_transaction(monkeypatch):
    said = []

    def sql(statement, database):
        said.append(statement)
        return ["crm_lead|create_date", "crm_lead|date_deadline", "sale_order|date_order"]

    monkeypatch.setattr(story_clock.postgres, "sql", sql)
    story_clock.let_pass("story", 30)

    statements = said[-1].split(";")
    assert (statements[0], statements[-1]) == ("BEGIN", "COMMIT")
    assert statements[1].count("interval '30 days'") == 2
    assert "occurrence::date - 30" in statements[-2]
