from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from ...engine.schedule import DateRule, shift, shift_day, step_due_at
from ...engine.working_time import NoWorkingTimeError, WorkingTime, Year

PARIS, NEW_YORK = "Europe/Paris", "America/New_York"
EASTER_MONDAY = date(2026, 4, 6)


def at(text):
    return datetime.fromisoformat(text)


def office(tz=PARIS, *, hours=((9, 12), (14, 18)), weekdays=range(5), off=(), mornings_off=(), closed_from=9999):
    """Return a working time as Odoo's calendars give it.

    :param hours: first and last hour of each stretch of work; 24 is midnight
    :param off: dates on which nobody works
    :param mornings_off: dates on which work begins with the second stretch
    :param closed_from: the first year without any work
    """

    def read_year(year):
        first = date(year, 1, 1)
        days = [first + timedelta(days=n) for n in range(366)] if year < closed_from else []
        worked = [day for day in days if day.weekday() in weekdays and day not in off]
        return Year.of(
            year,
            [
                tuple(clock(day, hour) for hour in stretch)
                for day in worked
                for stretch in (hours[1:] if day in mornings_off else hours)
            ],
        )

    def clock(day, hour):
        moment = time.max if hour == 24 else time(hour)
        return datetime.combine(day, moment, ZoneInfo(tz))

    return WorkingTime(read_year)


@tagged("post_install", "-at_install")
class TestEngineWorkingTime(BaseCase):
    """Delays in working time, nine to noon and two to six. 2 February 2026 is a Monday."""

    def test_shift_table(self):
        """K27, Z36. Each case: anchor, count, unit, result (naive UTC), in Paris with Easter Monday off."""
        working = office(off=[EASTER_MONDAY], mornings_off=[date(2026, 2, 9)])
        cases = [
            # Days keep the hour on the clock, also outside of the working hours.
            ("2026-02-03 09:00", 1, "days", "2026-02-04 09:00"),
            ("2026-02-06 09:00", 1, "days", "2026-02-09 09:00"),  # Friday; half a day off still counts
            ("2026-02-06 09:00", 2, "days", "2026-02-10 09:00"),
            ("2026-02-06 19:00", 1, "days", "2026-02-09 19:00"),  # Friday evening
            ("2026-02-06 23:30", 1, "days", "2026-02-08 23:30"),  # Saturday in Paris already
            ("2026-02-07 09:00", 1, "days", "2026-02-09 09:00"),  # Saturday
            ("2026-02-07 09:00", 0, "days", "2026-02-09 09:00"),
            ("2026-02-06 09:00", 0, "days", "2026-02-06 09:00"),
            ("2026-02-06 09:00", 10, "days", "2026-02-20 09:00"),
            # Before.
            ("2026-02-09 09:00", -1, "days", "2026-02-06 09:00"),
            ("2026-02-08 09:00", -1, "days", "2026-02-06 09:00"),
            ("2026-02-08 09:00", -2, "days", "2026-02-05 09:00"),
            ("2026-01-05 09:00", -3, "days", "2025-12-31 09:00"),
            # Easter Monday, with the clocks changed on the Sunday before.
            ("2026-04-03 08:00", 1, "days", "2026-04-07 08:00"),
            ("2026-04-07 08:00", -1, "days", "2026-04-03 08:00"),
            ("2026-03-27 09:00", 1, "days", "2026-03-30 08:00"),
            ("2026-10-26 09:00", -1, "days", "2026-10-23 08:00"),
            # Weeks and months end on a working day, never sooner than requested.
            ("2026-03-30 08:00", 1, "weeks", "2026-04-07 08:00"),
            ("2026-04-13 08:00", -1, "weeks", "2026-04-03 08:00"),
            ("2026-01-31 09:00", 1, "months", "2026-03-02 09:00"),
            ("2026-03-31 08:00", -1, "months", "2026-02-27 09:00"),
            ("2028-02-29 09:00", 12, "months", "2029-02-28 09:00"),
            ("2028-02-29 09:00", -12, "months", "2027-02-26 09:00"),
            # Hours are those of work.
            ("2026-02-03 08:00", 2, "hours", "2026-02-03 10:00"),
            ("2026-02-03 10:00", 2, "hours", "2026-02-03 14:00"),  # over lunch
            ("2026-02-03 10:00", 60, "minutes", "2026-02-03 11:00"),  # until noon
            ("2026-02-06 16:00", 2, "hours", "2026-02-09 14:00"),  # Friday at five, Monday morning off
            ("2026-02-13 16:00", 2, "hours", "2026-02-16 09:00"),
            ("2026-02-07 10:00", 0, "hours", "2026-02-09 13:00"),
            ("2026-02-14 10:00", 90, "minutes", "2026-02-16 09:30"),
            ("2026-02-16 09:00", -2, "hours", "2026-02-13 16:00"),
            ("2026-02-14 10:00", -30, "minutes", "2026-02-13 16:30"),
            ("2026-03-27 16:00", 2, "hours", "2026-03-30 08:00"),  # over the change of clocks
            ("2026-10-23 15:00", 2, "hours", "2026-10-26 09:00"),
            ("2025-12-31 16:30", 1, "hours", "2026-01-01 08:30"),
            ("2026-01-01 08:00", -1, "hours", "2025-12-31 16:00"),
        ]
        for anchor, count, unit, expected in cases:
            with self.subTest(anchor=anchor, count=count, unit=unit):
                self.assertEqual(shift(at(anchor), count, unit, PARIS, working), at(expected))

    def test_shift_new_york_table(self):
        """New York changes its clocks on 8 March and 1 November 2026."""
        working = office(NEW_YORK)
        cases = [
            ("2026-03-06 14:00", 1, "days", "2026-03-09 13:00"),
            ("2026-03-06 22:00", 2, "hours", "2026-03-09 14:00"),
            ("2026-10-30 13:00", 1, "days", "2026-11-02 14:00"),
            ("2026-11-02 15:00", -2, "hours", "2026-10-30 21:00"),
        ]
        for anchor, count, unit, expected in cases:
            with self.subTest(anchor=anchor, count=count, unit=unit):
                self.assertEqual(shift(at(anchor), count, unit, NEW_YORK, working), at(expected))

    def test_shift_work_around_the_clock_has_the_hours_of_the_day(self):
        """29 March has 23 hours in Paris, 25 October 25."""
        always = office(hours=((0, 24),), weekdays=range(7))
        for anchor, hours, expected in [
            ("2026-03-28 23:00", 24, "2026-03-29 23:00"),
            ("2026-10-24 22:00", 25, "2026-10-25 23:00"),
        ]:
            with self.subTest(anchor=anchor):
                self.assertEqual(shift(at(anchor), hours, "hours", PARIS, always), at(expected))

    def test_days_are_the_calendar_s_own_on_the_clock_that_counts(self):
        """Friday evening in Paris is Saturday in Sydney: whose Monday is the next working day."""
        self.assertEqual(shift(at("2026-02-06 18:00"), 1, "days", "Australia/Sydney", office()), at("2026-02-08 18:00"))

    def test_year_leaves_out_slivers_and_other_years(self):
        """A day off ends at 23:59:59: what is left of a day with 24 hours is no work. Fails without ``SHORTEST``."""
        midnight, zone = datetime(2026, 5, 1, 23, 59, 59), ZoneInfo(PARIS)
        sliver = tuple(moment.replace(tzinfo=zone) for moment in (midnight, midnight.replace(microsecond=999999)))
        before = tuple(datetime(2025, 12, 31, hour, tzinfo=zone) for hour in (9, 12))

        self.assertEqual(Year.of(2026, [sliver, before]), Year())

    def test_year_rounds_midnight_up(self):
        day = tuple(datetime.combine(date(2026, 2, 2), clock, ZoneInfo(PARIS)) for clock in (time(12), time.max))

        self.assertEqual(Year.of(2026, [day]).spans, ((at("2026-02-02 11:00"), at("2026-02-02 23:00")),))

    def test_calendar_without_work_is_an_error_and_no_endless_loop(self):
        """Fails without ``EMPTY_YEARS``: it would read two hundred years."""
        for working in (office(hours=()), office(weekdays=()), office(closed_from=2027)):
            for count, unit in ((300, "days"), (9999, "hours"), (200_000, "minutes"), (15, "months")):
                with self.subTest(unit=unit), self.assertRaises(NoWorkingTimeError):
                    shift(at("2026-02-02 09:00"), count, unit, PARIS, working)
        with self.assertRaises(NoWorkingTimeError):
            shift(at("2026-02-02 09:00"), -1, "hours", PARIS, office(hours=()))

    def test_one_year_without_work_is_passed_over(self):
        sabbatical = [date(2026, 1, 1) + timedelta(days=n) for n in range(400)]

        self.assertEqual(office(off=sabbatical).day(date(2026, 3, 1), 1), date(2027, 2, 5))

    def test_years_nobody_knows_overflow(self):
        """They are left alone by whoever catches ``OverflowError``."""
        for anchor, count in (("2300-01-01", 1), ("9999-12-31", 1), ("0001-01-01", -1), ("2199-12-31", 1)):
            with self.subTest(anchor=anchor), self.assertRaises(OverflowError):
                shift_day(date.fromisoformat(anchor), count, "days", office())
        for anchor, count in (("9999-12-31 23:30", 1), ("0001-01-01 00:30", -1), ("1890-01-01", 1)):
            with self.subTest(anchor=anchor), self.assertRaises(OverflowError):
                shift(at(anchor), count, "hours", PARIS, office())

    def test_step_due_counts_working_time(self):
        """K27: two working days after a Friday is a Tuesday. Fails without ``working`` in ``step_due_at``."""
        friday = at("2026-02-06 09:00")
        due_at = step_due_at(
            started_at=friday,
            previous_at=friday,
            date_at=None,
            origin="start",
            count=2,
            unit="days",
            tz=PARIS,
            working=office(),
        )

        self.assertEqual(due_at, at("2026-02-10 09:00"))

    def test_due_table(self):
        """Each case: count, unit, date value, due (naive UTC), at eight in Paris, Easter Monday off."""
        working = office(off=[EASTER_MONDAY])
        cases = [
            (-30, "days", date(2026, 4, 10), "2026-02-26 07:00"),
            (-1, "days", date(2026, 4, 7), "2026-04-03 06:00"),
            (-1, "days", date(2026, 4, 5), "2026-04-03 06:00"),
            (1, "days", date(2026, 4, 4), "2026-04-07 06:00"),
            (0, "days", date(2026, 4, 4), "2026-04-07 06:00"),
            (-1, "months", date(2026, 5, 6), "2026-04-03 06:00"),
            (-2, "hours", date(2026, 4, 7), "2026-04-03 14:00"),
            (-1, "days", datetime(2026, 4, 7, 22, 30), "2026-04-06 22:30"),  # the 8th in Paris
        ]
        for count, unit, value, expected in cases:
            with self.subTest(count=count, unit=unit, value=value):
                self.assertEqual(DateRule(count, unit, PARIS, 8, working).due_at(value), at(expected))

    def test_window_passes_over_long_closures(self):
        """Fails without looking further and further in ``_reach``."""
        shut = [date(2026, 7, 1) + timedelta(days=n) for n in range(60)]
        rule = DateRule(-1, "days", PARIS, 8, office(off=shut))

        first, last = rule.window(date, at("2026-06-30 00:00"), at("2026-06-30 12:00"))

        self.assertEqual((first, last), (date(2026, 7, 1), date(2026, 8, 31)))

    def test_window_anywhere_bridges_a_friday_between_days_off(self):
        """Ascension Day off, Friday worked: it is Friday, Saturday and Sunday somewhere on earth.
        Fails without ``_APART`` in ``window_anywhere``."""
        rule = DateRule(-1, "days", "UTC", 0, office(off=[date(2026, 5, 14)]))
        value = at("2026-05-16 11:00")
        due_at = rule.due_at(value)

        first, last = rule.window_anywhere(datetime, due_at, due_at)

        self.assertEqual(due_at, at("2026-05-15 11:00"))
        self.assertTrue(first <= value <= last)
