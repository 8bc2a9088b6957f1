from datetime import datetime

from odoo.tests import BaseCase, tagged

from ...engine.frequency import Pace, held_back, take_places


@tagged("post_install", "-at_install")
class TestEngineFrequency(BaseCase):
    """engine/frequency.py: how often a rule may act (Z25, Z26, Z27)."""

    def test_period_ends_today(self):
        """A day, week or month is counted in days of the zone, today being the last one."""
        now = datetime(2026, 3, 29, 22, 30)  # half past midnight on the 30th in Paris, after DST began
        cases = [
            ("day", datetime(2026, 3, 29, 22, 0)),
            ("week", datetime(2026, 3, 23, 23, 0)),
            ("month", datetime(2026, 2, 28, 23, 0)),
        ]
        for period, start in cases:
            with self.subTest(period):
                pace = Pace(cooldown=0, unit="days", limit=1, period=period, tz="Europe/Paris")
                self.assertEqual(pace.counted_since(now), start)

    def test_unknown_period(self):
        with self.assertRaisesRegex(ValueError, "year"):
            Pace(cooldown=0, unit="days", limit=1, period="year", tz="UTC").counted_since(datetime(2026, 1, 1))

    def test_rest_is_counted_on_the_calendar(self):
        """Three days later at the same hour, although the night in between is an hour short."""
        pace = Pace(cooldown=3, unit="days", limit=0, period="day", tz="Europe/Paris")
        self.assertEqual(pace.resting_since(datetime(2026, 3, 30, 8, 0)), datetime(2026, 3, 27, 9, 0))

    def test_no_limits(self):
        self.assertFalse(Pace(cooldown=0, unit="days", limit=0, period="day", tz="UTC"))
        self.assertTrue(Pace(cooldown=1, unit="days", limit=0, period="day", tz="UTC"))
        self.assertTrue(Pace(cooldown=0, unit="days", limit=1, period="day", tz="UTC"))

    def test_first_come_first_served(self):
        """Those that enter together share the room that is left."""
        entrants = {1: "ada", 2: "ada", 3: "bob", 4: "ada"}
        reasons = held_back(entrants, limit=2, resting=set(), used={"ada": 1, "bob": 2})
        self.assertEqual(reasons, {2: "limit", 3: "limit", 4: "limit"})

    def test_strictest_decides(self):
        """Z27: a record that rests takes no room of its contact."""
        reasons = held_back({1: "ada", 2: "ada"}, limit=1, resting={1}, used={})
        self.assertEqual(reasons, {1: "cooldown"})

    def test_any_number(self):
        self.assertEqual(held_back(dict.fromkeys(range(9), "ada"), limit=0, resting=set(), used={}), {})

    def test_places_are_those_of_each(self):
        """Whoever else is in the batch; a run held back takes none."""
        entrants = {1: "bob", 2: "ada", 3: "ada", 4: "bob", 5: "ada"}
        self.assertEqual(take_places(entrants, {3: "limit"}), {1: 0, 2: 0, 4: 1, 5: 1})
