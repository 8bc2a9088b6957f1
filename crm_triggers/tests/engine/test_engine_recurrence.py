from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.recurrence import Occurrence, Recurrence
from ...engine.schedule import to_local
from .test_engine_schedule_properties import OFFICES, STEADY, ZONES
from .test_engine_working_time import EASTER_MONDAY, PARIS, office

UNITS = ("days", "weeks", "months", "quarters")
recurrences = st.builds(
    Recurrence,
    count=st.integers(1, 5),
    unit=st.sampled_from(UNITS),
    start=st.dates(date(2025, 1, 1), date(2026, 6, 30)),
    tz=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    month_day=st.integers(1, 31),
    working=st.sampled_from(OFFICES),
)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(lambda moment: moment.replace(microsecond=0))


def every(count, unit, **vals):
    return Recurrence(count=count, unit=unit, tz=PARIS, **{"start": date(2026, 2, 2), "hour": 8, **vals})


@tagged("post_install", "-at_install")
class TestEngineRecurrence(BaseCase):
    """K64: which day a recurring rule acts on, and when on that day."""

    def _get_days(self, recurrence, count, now=datetime(2026, 2, 1)):
        found = []
        for _number in range(count):
            occurrence = recurrence.next(now)
            found.append(occurrence.day.isoformat())
            now = occurrence.due_at
        return found

    def test_every_monday(self):
        every_monday = every(1, "weeks")

        self.assertEqual(self._get_days(every_monday, 3), ["2026-02-02", "2026-02-09", "2026-02-16"])
        self.assertIsNone(every_monday.last(datetime(2026, 2, 2, 6, 59, 59)))
        self.assertEqual(every_monday.last(datetime(2026, 2, 2, 7)).due_at, datetime(2026, 2, 2, 7))
        self.assertEqual(every_monday.last(datetime(2026, 2, 9, 6)).day, date(2026, 2, 2))

    def test_no_day_before_the_start(self):
        """The first period is that of the start; its day may have been before."""
        days = self._get_days(every(2, "weeks", start=date(2026, 2, 4)), 2)

        self.assertEqual(days, ["2026-02-16", "2026-03-02"])
        self.assertEqual(self._get_days(every(1, "months", start=date(2026, 2, 4)), 1), ["2026-03-01"])
        self.assertEqual(self._get_days(every(2, "weeks", start=date(2026, 2, 4), weekday=4), 1), ["2026-02-06"])

    def test_last_day_of_a_shorter_month(self):
        """Fails without ``day=self.month_day``, or from one month to the next: 28 for ever."""
        days = self._get_days(every(1, "months", start=date(2026, 1, 1), month_day=31), 3)

        self.assertEqual(days, ["2026-02-28", "2026-03-31", "2026-04-30"])

    def test_quarters_begin_with_the_month_of_the_start(self):
        days = self._get_days(every(1, "quarters", start=date(2026, 1, 1), month_day=15), 3)

        self.assertEqual(days, ["2026-04-15", "2026-07-15", "2026-10-15"])

    def test_hour_stays_when_the_clocks_change(self):
        weekly, now = every(1, "weeks", weekday=6), datetime(2026, 3, 23)

        self.assertEqual(weekly.last(now).due_at, datetime(2026, 3, 22, 7))
        self.assertEqual(weekly.next(now).due_at, datetime(2026, 3, 29, 6))
        self.assertEqual(every(1, "days", hour=2).last(datetime(2026, 3, 29, 12)).due_at, datetime(2026, 3, 29, 1))

    def test_day_off_goes_on_to_the_next_working_day(self):
        monday = every(1, "weeks", working=office(off=[EASTER_MONDAY]))

        self.assertEqual(monday.last(datetime(2026, 4, 7, 6)), Occurrence(EASTER_MONDAY, datetime(2026, 4, 7, 6)))
        self.assertEqual(monday.last(datetime(2026, 4, 7, 5)).day, date(2026, 3, 30))

    def test_every_day_with_working_days_is_every_working_day(self):
        """Saturday and Sunday fall due on Monday with it, and are one."""
        daily = every(1, "days", working=office())

        self.assertEqual(daily.last(datetime(2026, 2, 8, 12)).due_at, datetime(2026, 2, 6, 7))
        self.assertEqual(daily.last(datetime(2026, 2, 9, 12)), Occurrence(date(2026, 2, 9), datetime(2026, 2, 9, 7)))

    def test_unknown_unit(self):
        with self.assertRaises(ValueError):
            every(1, "fortnights").last(datetime(2026, 2, 9))

    @STEADY
    @given(recurrences, moments)
    def test_nothing_falls_due_between_the_last_and_the_next(self, recurrence, now):
        """Fails without the loop in ``last`` or in ``next``; ``test_every_monday`` does with ``<`` in the latter."""
        last, following = recurrence.last(now), recurrence.next(now)

        self.assertGreater(following.due_at, now)
        self.assertEqual(recurrence.last(following.due_at - timedelta(seconds=1)), last)
        self.assertEqual(recurrence.last(following.due_at).due_at, following.due_at)
        if last:
            self.assertLessEqual(last.due_at, now)
            self.assertGreater(following.day, last.day)
            self.assertEqual(recurrence.last(last.due_at), last)

    @STEADY
    @given(recurrences, moments)
    def test_due_at_the_hour_on_the_clock_and_never_before_the_start(self, recurrence, now):
        occurrence = recurrence.next(now)
        local = to_local(occurrence.due_at, recurrence.tz)

        self.assertGreaterEqual(occurrence.day, recurrence.start)
        self.assertGreaterEqual(local.date(), occurrence.day)
        if not recurrence.working:
            wanted = datetime.combine(occurrence.day, time(recurrence.hour))
            self.assertLessEqual(local - wanted, timedelta(hours=1), "a gap of the clocks moves it on")
        if recurrence.unit == "weeks":
            self.assertEqual(occurrence.day.weekday(), recurrence.weekday)
        elif recurrence.unit in ("months", "quarters"):
            is_last = (occurrence.day + timedelta(days=1)).day == 1
            self.assertTrue(occurrence.day.day == recurrence.month_day or is_last)
