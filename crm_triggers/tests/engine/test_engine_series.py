from datetime import datetime, timedelta
from itertools import permutations

from odoo.tests import BaseCase

from ...engine.series import Sign, find_starts

DAY = timedelta(days=1)
MONDAY = datetime(2026, 2, 2, 9)


def _signs(*days, weight=1):
    """Return a signal for each day, counted from Monday."""
    return [Sign(number, MONDAY + DAY * day, weight) for number, day in enumerate(days, 1)]


def _find(signs, enough=3, window=7, since=datetime.min, started=()):
    found = find_starts(signs, enough=enough, window=DAY * window, since=since, started=started)
    return [sign.id for sign in found]


class TestEngineSeries(BaseCase):
    """When a series of signals starts a rule (Z15, Z16, Z34)."""

    def test_enough_within_the_window(self):
        for days, expected in (
            ((0, 1, 2), [3]),
            ((0, 1), []),
            ((0, 1, 6.99), [3]),
            ((0, 1, 7), []),  # the first one left the window
            ((0, 1, 2, 3, 4, 5), [3]),  # once for a window
            ((0, 1, 2, 9, 10, 11), [3, 6]),
            ((0, 0, 0), [3]),
            ((0, 1, 2, 8, 8.9), [3]),  # enough again, but less than a window after the first start
            ((0, 1, 2, 8, 9, 9.5), [3, 6]),
        ):
            with self.subTest(days=days):
                self.assertEqual(_find(_signs(*days)), expected)

    def test_points(self):
        signs = [
            Sign(1, MONDAY, 4),
            Sign(2, MONDAY + DAY / 4, -2),
            Sign(3, MONDAY + DAY / 2, 3),
            Sign(4, MONDAY + DAY, 1),
        ]
        self.assertEqual(_find(signs, enough=5, window=1), [3])
        self.assertEqual(_find(signs, enough=6, window=1), [])
        self.assertEqual(_find([Sign(1, MONDAY, 10)], enough=5, window=1), [1])

    def test_earlier_signals_count_and_start_nothing(self):
        self.assertEqual(_find(_signs(0, 1, 2), since=MONDAY + DAY * 3), [])
        self.assertEqual(_find(_signs(0, 1, 2, 3), since=MONDAY + DAY * 3), [4])

    def test_started_before(self):
        for day, expected in ((2, []), (1, []), (-4, []), (-5, [3]), (8.5, []), (9, [3])):
            with self.subTest(day=day):
                self.assertEqual(_find(_signs(0, 1, 2), started=[MONDAY + DAY * day]), expected)

    def test_order_of_arrival_starts_it_once_for_a_window(self):
        """Known in any order, and read again each time: never twice within a window, and never nothing."""
        signs = _signs(0, 0.5, 1, 1.5, 2)
        for order in permutations(signs):
            started, known = [], []
            for sign in order:
                known.append(sign)
                found = find_starts(known, enough=3, window=DAY * 7, since=sign.at, started=started)
                started += [one.at for one in found]
            self.assertEqual(len(started), 1, order)
