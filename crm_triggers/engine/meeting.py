"""What kind of meeting it is, and which one on an opportunity."""

from collections.abc import Iterable
from typing import NamedTuple

ONSITE, VIDEO, PHONE = "onsite", "video", "phone"
_LINK = ("http://", "https://")


class Meeting(NamedTuple):
    """What rules ask of a meeting.

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
        """Tell whether a meeting is one of them. Capitals do not matter."""
        return (
            self.mode in (None, meeting.mode)
            and (not self.tag_id or self.tag_id in meeting.tag_ids)
            and self.words.casefold() in meeting.words.casefold()
        )

    def rank(self, earlier: Iterable[Meeting]) -> int:
        """Return which one of them a meeting is that comes after these: 1 for the first."""
        return 1 + sum(map(self.takes, earlier))


def mode(place: str | None, link: str | None) -> str:
    """Return how people meet: with a link to a video call, by video; at a place, on site; else by phone.

    A link may stand where the place does; a place without a letter is the number to call.
    """
    place = (place or "").strip().lower()
    if link or place.startswith(_LINK):
        return VIDEO
    return ONSITE if any(map(str.isalpha, place)) else PHONE
