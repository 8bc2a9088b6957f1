from datetime import date, datetime, timedelta
from itertools import product

from odoo.tests import BaseCase, tagged

from ...engine.schedule import (
    DateRule,
    is_about_past,
    is_overtaken,
    is_zone,
    shift,
    step_due_at,
    to_local,
    to_utc,
)

PARIS = "Europe/Paris"


def at(text):
    return datetime.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestEngineSchedule(BaseCase):
    """When things fall due. Paris changes its clocks on 29 March and 25 October 2026."""

    def test_shift_table(self):
        """Each case: anchor, count, unit, zone, result (naive UTC)."""
        cases = [
            # Spans of time do not look at the calendar.
            ("2026-03-29 00:30", 90, "minutes", PARIS, "2026-03-29 02:00"),
            ("2026-03-28 23:00", 24, "hours", PARIS, "2026-03-29 23:00"),
            ("2026-10-24 22:00", 24, "hours", PARIS, "2026-10-25 22:00"),
            # Days keep the hour on the clock over both changes: 10:00 stays 10:00.
            ("2026-03-28 09:00", 1, "days", PARIS, "2026-03-29 08:00"),
            ("2026-03-29 08:00", -1, "days", PARIS, "2026-03-28 09:00"),
            ("2026-10-24 08:00", 1, "days", PARIS, "2026-10-25 09:00"),
            ("2026-10-24 08:00", 1, "weeks", PARIS, "2026-10-31 09:00"),
            ("2026-03-01 09:00", 1, "months", PARIS, "2026-04-01 08:00"),
            ("2026-03-28 09:00", 1, "days", "UTC", "2026-03-29 09:00"),
            # 02:30 does not exist on 29 March, and exists twice on 25 October.
            ("2026-03-28 01:30", 1, "days", PARIS, "2026-03-29 01:30"),
            ("2026-10-24 00:30", 1, "days", PARIS, "2026-10-25 00:30"),
            # Ends of months, and the day that is not there each year.
            ("2026-01-31 12:00", 1, "months", "UTC", "2026-02-28 12:00"),
            ("2028-01-31 12:00", 1, "months", "UTC", "2028-02-29 12:00"),
            ("2026-03-31 12:00", -1, "months", "UTC", "2026-02-28 12:00"),
            ("2028-02-29 12:00", 12, "months", "UTC", "2029-02-28 12:00"),
            ("2028-02-29 12:00", -12, "months", "UTC", "2027-02-28 12:00"),
            ("2028-02-29 12:00", 1, "months", "UTC", "2028-03-29 12:00"),
            ("2028-02-29 12:00", -1, "months", "UTC", "2028-01-29 12:00"),
            ("2024-02-29 12:00", 48, "months", "UTC", "2028-02-29 12:00"),
            ("2026-03-31 12:00", 1, "months", "UTC", "2026-04-30 12:00"),
            ("2026-12-31 12:00", 2, "months", "UTC", "2027-02-28 12:00"),
            # New York changes its clocks on 8 March and 1 November; 02:30 and 01:30 are the odd hours.
            ("2026-03-07 15:00", 1, "days", "America/New_York", "2026-03-08 14:00"),
            ("2026-03-07 07:30", 1, "days", "America/New_York", "2026-03-08 07:30"),
            ("2026-10-31 05:30", 1, "days", "America/New_York", "2026-11-01 05:30"),
            ("2026-11-02 15:00", -1, "weeks", "America/New_York", "2026-10-26 14:00"),
            # The second of two hours stays where it is.
            ("2026-10-25 01:30", 0, "days", PARIS, "2026-10-25 01:30"),
            ("2027-02-28 12:00", 1, "days", "UTC", "2027-03-01 12:00"),
            # The local day counts: 23:30 UTC on the 30th is the 31st in Paris.
            ("2026-01-30 23:30", 1, "months", PARIS, "2026-02-27 23:30"),
            ("2026-02-02 09:00", 0, "days", PARIS, "2026-02-02 09:00"),
            ("2026-02-02 09:00", -3, "weeks", "America/New_York", "2026-01-12 09:00"),
        ]
        for anchor, count, unit, tz, expected in cases:
            with self.subTest(anchor=anchor, count=count, unit=unit, tz=tz):
                self.assertEqual(shift(at(anchor), count, unit, tz), at(expected))

    def test_shift_unknown_unit_is_refused(self):
        with self.assertRaises(ValueError):
            shift(at("2026-02-02 09:00"), 1, "fortnights", "UTC")

    def test_shift_outside_the_calendar_overflows(self):
        """Callers catch one error; fails without the ``except ValueError`` in ``shift_day``."""
        for anchor, count, unit in product(("9999-12-31 12:00", "0001-01-01 12:00"), (10**6,), ("days", "months")):
            for sign in (1, -1):
                with self.subTest(anchor=anchor, unit=unit, sign=sign):
                    if (sign > 0) == anchor.startswith("9"):
                        with self.assertRaises(OverflowError):
                            shift(at(anchor), sign * count, unit, PARIS)
        with self.assertRaises(OverflowError):
            shift(at("9999-12-31 23:30"), 1, "hours", PARIS)
        with self.assertRaises(OverflowError):
            shift(at("0001-01-01 00:30"), -1, "hours", PARIS)

    def test_zones_there_and_back_is_the_same_instant(self):
        for moment in ("2026-03-29 00:59", "2026-03-29 01:00", "2026-10-25 00:30", "2026-07-01 22:00"):
            with self.subTest(moment=moment):
                self.assertEqual(to_utc(to_local(at(moment), PARIS), PARIS), at(moment))

    def test_step_due_counts_from_its_origin(self):
        given = {
            "started_at": at("2026-02-02 09:00"),
            "previous_at": at("2026-02-05 09:00"),
            "date_at": at("2026-03-01 07:00"),
            "count": 2,
            "unit": "days",
            "tz": PARIS,
        }

        self.assertEqual(step_due_at(origin="start", **given), at("2026-02-04 09:00"))
        self.assertEqual(step_due_at(origin="previous", **given), at("2026-02-07 09:00"))
        self.assertEqual(step_due_at(origin="date", **given), at("2026-03-03 07:00"))

    def test_step_due_from_date_of_a_run_without_one_counts_from_its_start(self):
        due_at = step_due_at(
            started_at=at("2026-02-02 09:00"),
            previous_at=at("2026-02-05 09:00"),
            date_at=None,
            origin="date",
            count=1,
            unit="hours",
            tz=PARIS,
        )

        self.assertEqual(due_at, at("2026-02-02 10:00"))

    def test_due_table(self):
        """K47, K52. Each case: count, unit, hour, date value, due (naive UTC), in Paris."""
        cases = [
            (-30, "days", 8, date(2026, 3, 31), "2026-03-01 07:00"),
            (-30, "days", 8, date(2026, 4, 20), "2026-03-21 07:00"),
            (-30, "days", 0, date(2026, 3, 4), "2026-02-01 23:00"),
            (-2, "days", 8, date(2026, 3, 30), "2026-03-28 07:00"),  # 8:00 in winter, counted from summer
            (3, "weeks", 8, date(2026, 3, 20), "2026-04-10 06:00"),
            (-1, "months", 8, date(2028, 3, 31), "2028-02-29 07:00"),
            (0, "days", 2, date(2026, 3, 29), "2026-03-29 01:00"),  # an hour that does not exist
            (-2, "hours", 8, date(2026, 2, 2), "2026-02-02 05:00"),
            (-30, "minutes", 0, datetime(2026, 2, 2, 9), "2026-02-02 08:30"),
            (1, "days", 8, datetime(2026, 3, 28, 9), "2026-03-29 08:00"),
        ]
        for count, unit, hour, value, expected in cases:
            with self.subTest(count=count, unit=unit, value=value):
                self.assertEqual(DateRule(count, unit, PARIS, hour).due_at(value), at(expected))

    def test_window_of_dates_equals_brute_force(self):
        """Every date of two years, by both ends of the window."""
        days = [date(2025, 6, 1) + timedelta(days=n) for n in range(900)]
        spans = [
            ("2026-03-27 07:00", "2026-03-31 06:00"),
            ("2026-02-02 09:00", "2026-02-02 09:00"),
            ("2026-02-28 00:00", "2026-03-01 23:59"),
            ("2026-10-24 22:00", "2026-10-25 22:59"),
        ]
        rules = [
            DateRule(sign * count, unit, tz, hour)
            for sign, (count, unit), tz, hour in product(
                (1, -1), ((0, "days"), (30, "days"), (5, "hours"), (2, "weeks"), (1, "months")), (PARIS, "UTC"), (0, 8)
            )
        ]
        for rule, (after, until) in product(rules, spans):
            with self.subTest(rule=rule, after=after, until=until):
                first, last = rule.window(date, at(after), at(until))
                found = {day for day in days if first <= day <= last}
                self.assertEqual(found, {day for day in days if at(after) <= rule.due_at(day) <= at(until)})

    def test_window_of_datetimes_equals_brute_force(self):
        """Every second around both ends of the window, as far as DST and months can move them."""
        after, until = at("2026-03-28 09:00"), at("2026-03-31 09:00")
        for sign, (count, unit), tz in product(
            (1, -1), ((0, "days"), (90, "minutes"), (3, "hours"), (3, "days")), (PARIS, "UTC")
        ):
            rule = DateRule(sign * count, unit, tz)
            first, last = rule.window(datetime, after, until)
            exact = rule.is_exact(datetime)
            for edge, seconds in product((first, last), (-3600, -1, 0, 1, 3600)):
                value = edge + timedelta(seconds=seconds)
                with self.subTest(rule=rule, value=value):
                    due = after <= rule.due_at(value) <= until
                    self.assertTrue(first <= value <= last if due else first > value or value > last or not exact)

    def test_window_of_months_on_datetimes_holds_all_that_falls_due(self):
        """28 January 23:00 and 31 January 01:00 both become 28 February. Fails
        with ``is_exact`` always true."""
        rule = DateRule(1, "months", "UTC")
        after, until = at("2026-02-28 00:00"), at("2026-02-28 12:00")
        hours = [at("2026-01-20 00:00") + timedelta(hours=hour) for hour in range(24 * 20)]

        first, last = rule.window(datetime, after, until)

        self.assertFalse(rule.is_exact(datetime))
        self.assertTrue(rule.is_exact(date))
        due = {value for value in hours if after <= rule.due_at(value) <= until}
        self.assertIn(at("2026-01-31 01:00"), due)
        self.assertLessEqual(due, {value for value in hours if first <= value <= last})

    def test_window_delay_of_centuries_is_empty(self):
        """No date of ours falls due by it, and nothing breaks."""
        for count, unit, kind in product((10**7, -(10**7)), ("minutes", "days", "months"), (date, datetime)):
            rule = DateRule(count * (10**4 if unit == "minutes" else 1), unit, PARIS)
            with self.subTest(rule=rule, kind=kind):
                first, last = rule.window(kind, at("2026-02-02 09:00"), at("2026-02-03 09:00"))
                self.assertGreater(first, last)

    def test_zones_that_the_machine_does_not_know(self):
        for tz, known in ((PARIS, True), ("UTC", True), ("Mars/Olympus", False), ("../etc", False), ("", False)):
            with self.subTest(tz=tz):
                self.assertEqual(is_zone(tz), known)

    def test_window_nothing_can_be_due_is_empty(self):
        """Between two mornings at eight no date falls due."""
        first, last = DateRule(0, "days", PARIS, 8).window(date, at("2026-02-02 08:00"), at("2026-02-02 20:00"))

        self.assertGreater(first, last)

    def test_overtaken_table(self):
        """A reminder of day 3 gives way to that of day 7 from the middle between them on."""
        day_3, day_7 = at("2026-02-05 09:00"), at("2026-02-09 09:00")
        for now, overtaken in (("02-05 09:00", False), ("02-07 09:00", False), ("02-07 09:01", True)):
            with self.subTest(now=now):
                self.assertEqual(is_overtaken(day_3, day_7, at(f"2026-{now}")), overtaken)
        same_day = day_3 + timedelta(hours=23)
        self.assertFalse(is_overtaken(day_3, same_day, at("2026-03-01 09:00")))
        self.assertFalse(is_overtaken(day_7, day_3, at("2026-03-01 09:00")))

    def test_about_a_day_that_is_past(self):
        """By the calendar of the zone: the day itself still counts, whatever its hour."""
        date_at = at("2026-02-20 07:00")
        cases = (
            ("2026-02-15 07:00", "2026-02-20 22:59", PARIS, False),
            ("2026-02-15 07:00", "2026-02-20 23:00", PARIS, True),
            ("2026-02-15 07:00", "2026-02-20 23:00", "UTC", False),
            ("2026-02-20 07:00", "2026-02-21 00:00", "UTC", True),
            ("2026-02-20 07:01", "2026-02-21 00:00", "UTC", False),
        )
        for due, now, tz, expected in cases:
            with self.subTest(due=due, now=now, tz=tz):
                self.assertEqual(is_about_past(at(due), date_at, at(now), tz), expected)
