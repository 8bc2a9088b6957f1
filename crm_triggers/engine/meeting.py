"""The kind of a meeting, and its number on an opportunity."""

from collections.abc import Iterable
from typing import NamedTuple

ONSITE, VIDEO, PHONE = "onsite", "video", "phone"
_LINK = ("http://", "https://")


class Meeting(NamedTuple):
    """What rules compare of a meeting.

    ``words`` are its title and place.
    """

    mode: str
    tag_ids: frozenset[int]
    words: str


class Wanted(NamedTuple):
    """The meetings that a rule is for; empty choices mean any."""

    mode: str | None = None
    tag_id: int | None = None
    words: str = ""

    def takes(self, meeting: Meeting) -> bool:
        """Return whether a meeting is one of them. Case-insensitive."""
        return (
            self.mode in (None, meeting.mode)
            and (not self.tag_id or self.tag_id in meeting.tag_ids)
            and self.words.casefold() in meeting.words.casefold()
        )

    def rank(self, earlier: Iterable[Meeting]) -> int:
        """Return the number of a meeting that comes after these: 1 for the first."""
        return 1 + sum(map(self.takes, earlier))


def mode(place: str | None, link: str | None) -> str:
    """Return the kind of a meeting: with a video link, by video; with a place, on site; else by phone.

    A link may be in the place field; a place without letters is a phone number.
    """
    place = (place or "").strip().lower()
    if link or place.startswith(_LINK):
        return VIDEO
    return ONSITE if any(map(str.isalpha, place)) else PHONE
