from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.agenda import GRID, first_free, next_on_grid, whole
from ...engine.working_time import Span, WorkingTime
from .test_engine_working_time import office

STEADY = settings(
    derandomize=True, database=None, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow]
)
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2)
moments = st.integers(0, 14 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
spans = st.builds(lambda start, minutes: Span(start, start + timedelta(minutes=minutes)), moments, st.integers(1, 600))
lengths = st.integers(1, 40).map(lambda count: count * timedelta(minutes=15))


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute)


@tagged("post_install", "-at_install")
class TestEngineAgenda(BaseCase):
    """engine/agenda.py: the first free slot of a user's working hours (K55)."""

    day = (Span(at(2, 8), at(2, 12)), Span(at(2, 13), at(2, 17)), Span(at(3, 8), at(3, 12)))

    def _find(self, busy=(), earliest=MONDAY, length=HOUR, until=MONDAY + timedelta(days=7)):
        return first_free(self.day, busy, earliest, length, until)

    def test_first_hour_of_the_day(self):
        self.assertEqual(self._find(), at(2, 8))

    def test_now_is_the_next_quarter_of_an_hour(self):
        self.assertEqual(self._find(earliest=at(2, 9, 1)), at(2, 9, 15))
        self.assertEqual(next_on_grid(at(2, 9, 15)), at(2, 9, 15))

    def test_after_what_he_has_to_do(self):
        self.assertEqual(self._find([Span(at(2, 8, 30), at(2, 9, 40)), Span(at(2, 7), at(2, 8, 10))]), at(2, 9, 45))

    def test_gap_between_two_meetings_is_used(self):
        self.assertEqual(self._find([Span(at(2, 8), at(2, 9)), Span(at(2, 10), at(2, 17))]), at(2, 9))

    def test_break_is_not_worked_through(self):
        self.assertEqual(self._find(earliest=at(2, 11, 30)), at(2, 13))
        self.assertEqual(self._find(length=5 * HOUR), None)

    def test_hours_that_touch_are_one(self):
        self.assertEqual(
            list(whole([Span(at(2, 8), at(2, 10)), Span(at(2, 10), at(2, 12))])), [Span(at(2, 8), at(2, 12))]
        )

    def test_search_ends(self):
        self.assertEqual(self._find(earliest=at(2, 16, 30), until=at(3, 8)), None)
        self.assertEqual(self._find(earliest=at(5, 0)), None)

    def test_nine_o_clock_is_nine_o_clock_across_the_change_of_clocks(self):
        """Paris goes to summer time on 29 March 2026."""
        working = office()
        found = [
            first_free(working.spans(start), (), start, HOUR, start + timedelta(days=9))
            for start in (datetime(2026, 3, 27, 3), datetime(2026, 3, 28, 3))
        ]

        self.assertEqual([moment.hour for moment in found], [8, 7])
        self.assertEqual(found[1].date(), datetime(2026, 3, 30).date())

    def test_spans_begin_within_the_one_that_goes_on(self):
        working = office()

        first = next(working.spans(datetime(2026, 3, 2, 9, 20)))

        self.assertIsInstance(working, WorkingTime)
        self.assertEqual(first.start, datetime(2026, 3, 2, 9, 20))

    @STEADY
    @given(st.lists(spans, max_size=12), st.lists(spans, max_size=12), moments, lengths)
    def test_slot_is_free_and_there_is_none_before(self, hours, busy, earliest, length):
        """Compared with trying every quarter of an hour."""
        hours = list(whole(sorted(hours)))
        until = MONDAY + timedelta(days=16)

        def fits(start):
            return any(begins <= start and start + length <= ends for begins, ends in hours) and not any(
                start < ends and begins < start + length for begins, ends in busy
            )

        expected, start = None, next_on_grid(earliest)
        while start < until and expected is None:
            expected, start = (start if fits(start) else None), start + GRID

        self.assertEqual(first_free(hours, busy, earliest, length, until), expected)
