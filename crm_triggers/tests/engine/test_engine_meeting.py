from odoo.tests import BaseCase

from ...engine.meeting import ONSITE, PHONE, VIDEO, Meeting, Wanted, mode


class TestEngineMeeting(BaseCase):
    """K13, K15: kind and rank of a meeting."""

    def test_mode(self):
        for place, link, expected in (
            ("12 rue de Lyon", None, ONSITE),
            ("At their office", "", ONSITE),
            ("Microsoft Teams", "https://teams.example.com/1", VIDEO),
            (" HTTPS://meet.example.com/1", None, VIDEO),
            (None, "https://meet.example.com/1", VIDEO),
            ("+33 (0)1 44 55 66 77", None, PHONE),
            (False, False, PHONE),
        ):
            with self.subTest(place=place, link=link):
                self.assertEqual(mode(place, link), expected)

    def test_rank_counts_those_that_are_meant(self):
        """Fails without ``takes`` in ``rank``."""
        visit = Meeting(ONSITE, frozenset([1]), "Visit Lyon")
        call = Meeting(VIDEO, frozenset(), "Demo")
        earlier = [visit, call, visit]
        self.assertEqual(Wanted().rank(earlier), 4)
        self.assertEqual(Wanted(mode=VIDEO).rank(earlier), 2)
        self.assertEqual(Wanted(tag_id=1).rank(earlier), 3)
        self.assertEqual(Wanted(words="lyon").rank(earlier), 3)
        self.assertEqual(Wanted(mode=VIDEO, tag_id=1).rank(earlier), 1)
