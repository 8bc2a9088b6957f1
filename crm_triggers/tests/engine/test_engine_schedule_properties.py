from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.schedule import AHEAD, DUE, HISTORY, LATE, DateRule, shift, shift_day, to_local, to_utc
from .test_engine_working_time import EASTER_MONDAY, NEW_YORK, PARIS, office

# The same examples each time, and nothing kept between runs.
STEADY = settings(
    derandomize=True, database=None, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow]
)

ZONES = (PARIS, NEW_YORK, "UTC", "Asia/Kolkata", "Pacific/Apia", "America/Santiago", "Australia/Lord_Howe")
SHUT = [EASTER_MONDAY, *(date(2026, 7, 1) + timedelta(days=n) for n in range(45))]
OFFICES = (
    None,
    office(off=SHUT, mornings_off=[date(2026, 4, 7)]),
    office(NEW_YORK, hours=((0, 24),), weekdays=(1, 5, 6)),
)

zones = st.sampled_from(ZONES)
offices = st.sampled_from(OFFICES)
counts = st.integers(-40, 40)
days = st.dates(date(2025, 10, 1), date(2026, 12, 31))
# Half of the moments lie around the changes of clocks and ends of months.
edges = st.sampled_from(
    [
        datetime(2026, month, day)
        for month, day in ((2, 28), (3, 1), (3, 8), (3, 29), (4, 5), (10, 4), (10, 25), (11, 1))
    ]
)
moments = st.one_of(
    st.datetimes(datetime(2025, 10, 1), datetime(2026, 12, 31)),
    st.builds(lambda edge, minutes: edge + timedelta(minutes=minutes), edges, st.integers(-3000, 3000)),
).map(lambda moment: moment.replace(microsecond=0))
units = st.sampled_from(("minutes", "hours", "days", "weeks", "months"))
rules = st.builds(DateRule, counts, units, zones, st.integers(0, 23), offices)
values = st.one_of(days, moments)


def same_day(one, other, tz):
    return to_local(one, tz).date() == to_local(other, tz).date()


@tagged("post_install", "-at_install")
class TestEngineScheduleProperties(BaseCase):
    """What holds for all delays, dates, zones and calendars."""

    @STEADY
    @given(rules, st.one_of(st.tuples(days, days), st.tuples(moments, moments)))
    def test_later_date_is_never_due_earlier(self, rule, pair):
        """Of datetimes moved by days, only the day is sure. Fails with ``is_exact`` always true."""
        earlier, later = (rule.due_at(value) for value in sorted(pair))
        if not rule.is_exact(type(pair[0])):
            earlier, later = (to_local(due_at, rule.tz).date() for due_at in (earlier, later))

        self.assertLessEqual(earlier, later)

    @STEADY
    @given(rules, values, st.integers(-90_000, 90_000), st.integers(0, 200_000))
    def test_window_holds_all_that_falls_due_and_nothing_else_if_exact(self, rule, value, before, length):
        """Promise 2. Fails with ``<`` in place of ``<=`` in ``window``."""
        due_at = rule.due_at(value)
        after = due_at - timedelta(seconds=before)
        until = after + timedelta(seconds=length)
        first, last = rule.window(type(value), after, until)
        due, found = after <= due_at <= until, first <= value <= last

        self.assertTrue(found or not due)
        if rule.is_exact(type(value)):
            self.assertEqual(found, due)

    @STEADY
    @given(rules, values, zones, st.integers(-90_000, 90_000), st.integers(0, 200_000))
    def test_window_anywhere_holds_what_falls_due_in_any_zone(self, rule, value, tz, before, length):
        """Promise 2. Fails with one zone only in ``window_anywhere``, or without ``_LONGEST_DAY`` there."""
        due_at = DateRule(rule.count, rule.unit, tz, rule.hour, rule.working).due_at(value)
        after = due_at - timedelta(seconds=before)
        until = after + timedelta(seconds=length)
        there = DateRule(rule.count, rule.unit, tz)
        assume(there.counts_from(type(value), after) <= due_at <= until)

        first, last = rule.window_anywhere(type(value), after, until)

        self.assertTrue(first <= value <= last)

    @STEADY
    @given(moments, counts, st.sampled_from(("minutes", "hours")), zones)
    def test_spans_there_and_back_are_the_same_instant(self, moment, count, unit, tz):
        self.assertEqual(shift(shift(moment, count, unit, tz), -count, unit, tz), moment)

    @STEADY
    @given(moments, st.integers(1, 400), st.sampled_from(("minutes", "hours")), zones, offices.filter(bool))
    def test_working_spans_there_and_back_are_the_same_working_moment(self, moment, count, unit, tz, working):
        begins = working.moment(moment, timedelta(0))

        self.assertEqual(shift(shift(begins, count, unit, tz, working), -count, unit, tz, working), begins)

    @STEADY
    @given(moments, counts, st.sampled_from(("days", "weeks", "months")), zones, offices)
    def test_days_keep_the_hour_on_the_clock(self, moment, count, unit, tz, working):
        """Unless that hour does not exist on the day: then it is an hour later at most."""
        clock = to_local(moment, tz).time()
        landed = to_local(shift(moment, count, unit, tz, working), tz)
        wanted = datetime.combine(landed.date(), clock)
        if to_local(to_utc(wanted, tz), tz) == wanted:
            self.assertEqual(landed.time(), clock)
        else:
            self.assertLessEqual(landed - wanted, timedelta(hours=1))

    @STEADY
    @given(moments, counts, units, zones, offices.filter(bool))
    def test_working_delay_ends_in_working_time(self, moment, count, unit, tz, working):
        """Fails without ``nearest`` in ``shift_day``."""
        landed = shift(moment, count, unit, tz, working)
        if unit in ("minutes", "hours"):
            self.assertTrue(
                working.moment(landed, timedelta(0)) == landed or working.moment(landed, timedelta(minutes=-1)) < landed
            )
            spans = [span for year in working._years.values() for span in year.spans]
            self.assertTrue(any(begins <= landed <= ends for begins, ends in spans))
        else:
            day = to_local(landed, tz).date()
            self.assertEqual(working.day(day, 0), day)

    @STEADY
    @given(moments, counts, units, zones, offices.filter(bool))
    def test_working_delay_is_never_shorter_than_asked(self, moment, count, unit, tz, working):
        """The notice of a month is a month at least. Fails with ``back=False`` in ``shift_day``."""
        plain, landed = (shift(moment, count, unit, tz, calendar) for calendar in (None, working))
        if count < 0:
            plain, landed = landed, plain

        self.assertLessEqual(to_local(plain, tz).date(), to_local(landed, tz).date())

    @STEADY
    @given(days, st.integers(1, 30), st.integers(1, 30), offices.filter(bool))
    def test_working_days_add_up(self, day, count, more, working):
        for sign in (1, -1):
            landed = shift_day(shift_day(day, sign * count, "days", working), sign * more, "days", working)
            self.assertEqual(landed, shift_day(day, sign * (count + more), "days", working))

    @STEADY
    @given(rules, values, moments, st.integers(0, 60), moments)
    def test_verdict_law(self, rule, value, now, late_days, since):
        """Z29, promise 4: ahead until due, then due, then late; history if that was before ``since``, a date
        without a time before the day of that. Nothing found on its day is late."""
        due_at, instant = rule.due_at(value), rule.instant(value)
        latest = max(due_at, instant)
        late = now - latest > timedelta(days=late_days) and not same_day(now, latest, rule.tz)
        history = due_at < since and not (type(value) is date and same_day(due_at, since, rule.tz))
        expected = AHEAD if due_at > now else HISTORY if history else LATE if late else DUE

        self.assertEqual(rule.verdict(value, now=now, late_days=late_days, since=since), expected)

    @STEADY
    @given(rules, st.sampled_from((date.min, date.max, datetime.min, datetime.max.replace(microsecond=0))), moments)
    def test_ends_of_the_calendar_are_left_alone(self, rule, value, now):
        """Fails without ``OverflowError`` in ``verdict``."""
        self.assertIn(rule.verdict(value, now=now, late_days=7), (AHEAD, LATE))
