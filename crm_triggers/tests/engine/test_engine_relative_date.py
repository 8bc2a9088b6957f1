from odoo.tests import BaseCase, tagged

from ...engine.relative_date import days_to, names_weekday

MONDAY, TUESDAY, SUNDAY = 0, 1, 6


@tagged("post_install", "-at_install")
class TestEngineRelativeDate(BaseCase):
    def test_days_to_a_day_of_the_week(self):
        """Of a Tuesday, in weeks that begin on a Monday and on a Sunday."""
        for term, from_monday, from_sunday in (
            ("=week_start", -1, -2),
            ("=monday", -1, -1),
            ("=sunday", 5, -2),
            ("+sunday", 5, 5),
            ("+tuesday", 0, 0),
            ("-tuesday", 0, 0),
            ("-sunday", -2, -2),
            ("+monday", 6, 6),
        ):
            with self.subTest(term):
                found = [days_to(term, today=TUESDAY, first=first) for first in (MONDAY, SUNDAY)]
                self.assertEqual(found, [from_monday, from_sunday])

    def test_names_weekday(self):
        for value in ("today =monday", "=week_start -7d", "-sunday"):
            self.assertTrue(names_weekday(value))
        for value in ("today -7d", "2026-01-31", "monday", "", 5, False):
            self.assertFalse(names_weekday(value))
