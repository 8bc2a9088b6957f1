from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ...engine.schedule import AHEAD, DUE, HISTORY, LATE, DateRule, is_late

PARIS = "Europe/Paris"


def at(text):
    return datetime.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestEngineVerdict(BaseCase):
    """What is due, late, or history."""

    def test_verdict_counts_lateness_from_the_date_or_the_due_time_whichever_is_later(self):
        """K52, Z29. Fails with ``due_at`` alone in ``verdict``."""
        before, after = DateRule(-30, "days", "UTC"), DateRule(3, "days", "UTC")
        now = at("2026-03-20 12:00")
        cases = [
            (before, date(2026, 4, 20), AHEAD),
            (before, date(2026, 4, 19), DUE),
            (before, date(2026, 3, 21), DUE),  # due a month ago, but still of use
            (before, date(2026, 3, 14), DUE),
            (before, date(2026, 3, 12), LATE),
            (after, date(2026, 3, 18), AHEAD),
            (after, date(2026, 3, 11), DUE),
            (after, date(2026, 3, 9), LATE),
            (after, date(9999, 12, 31), AHEAD),
            (before, date(1, 1, 1), AHEAD),  # beyond the calendar
        ]
        for rule, value, verdict in cases:
            with self.subTest(rule=rule, value=value):
                self.assertEqual(rule.verdict(value, now=now, late_days=7), verdict)

    def test_verdict_before_since_is_history(self):
        """Promise 4. Fails without ``since`` in ``verdict``."""
        rule, now = DateRule(0, "days", "UTC"), at("2026-03-20 12:00")
        for value, verdict in ((date(2026, 3, 18), HISTORY), (date(2026, 3, 19), DUE), (date(2026, 3, 21), AHEAD)):
            with self.subTest(value=value):
                self.assertEqual(rule.verdict(value, now=now, late_days=7, since=at("2026-03-19 00:00")), verdict)

    def test_verdict_counts_the_day_of_since_whole_for_a_date_without_a_time(self):
        """On the clock of the rule. Fails without ``counts_from`` in ``verdict``."""
        now = at("2026-03-20 12:00")
        for tz, since, value, verdict in (
            (PARIS, "2026-03-19 09:00", date(2026, 3, 19), DUE),  # eight of that day, switched on at ten
            (PARIS, "2026-03-18 23:30", date(2026, 3, 19), DUE),
            (PARIS, "2026-03-18 22:30", date(2026, 3, 18), DUE),
            (PARIS, "2026-03-18 23:30", date(2026, 3, 18), HISTORY),
            ("America/New_York", "2026-03-19 03:00", date(2026, 3, 18), DUE),
            (PARIS, "2026-03-19 09:00", at("2026-03-19 08:59"), HISTORY),  # the moment, of a date with a time
            (PARIS, "2026-03-19 09:00", at("2026-03-19 09:00"), DUE),
        ):
            with self.subTest(tz=tz, since=since, value=value):
                rule = DateRule(0, "days", tz, 8)
                self.assertEqual(rule.verdict(value, now=now, late_days=7, since=at(since)), verdict)

    def test_late_table(self):
        """Nothing found on the same day is, on the clock of the zone. Fails without ``to_local`` in ``is_late``."""
        for tz, moment, now, late_days, late in (
            (PARIS, "2026-03-19 07:00", "2026-03-19 07:00", 0, False),
            (PARIS, "2026-03-19 07:00", "2026-03-19 22:59", 0, False),
            (PARIS, "2026-03-19 07:00", "2026-03-19 23:00", 0, True),
            ("UTC", "2026-03-19 07:00", "2026-03-19 23:00", 0, False),
            (PARIS, "2026-03-19 07:00", "2026-03-20 07:00", 1, False),
            (PARIS, "2026-03-19 07:00", "2026-03-20 07:01", 1, True),
            (PARIS, "2026-03-19 07:00", "2026-03-26 07:01", 7, True),
            ("America/New_York", "0001-01-01 00:00", "2026-03-19 23:00", 7, True),
        ):
            with self.subTest(tz=tz, moment=moment, now=now, late_days=late_days):
                self.assertEqual(is_late(at(moment), now=at(now), late_days=late_days, tz=tz), late)

    def test_verdict_never_late(self):
        """However many days are allowed. Fails with ``timedelta(days=late_days)`` in ``verdict``."""
        rule = DateRule(0, "days", "UTC")

        self.assertEqual(rule.verdict(date(2, 1, 1), now=at("2026-03-20 12:00"), late_days=2**31 - 1), DUE)
