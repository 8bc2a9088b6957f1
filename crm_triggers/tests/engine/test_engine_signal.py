from datetime import datetime, timedelta, timezone

from odoo.tests import BaseCase

from ...engine.signal import MAX_DETAILS, MAX_HOUR, SignalError, check_details, find_excess, hour_of, read_moment

NOW = datetime(2026, 2, 2, 9, 30, 15, 123)


class TestEngineSignal(BaseCase):
    """What can be recorded as a signal."""

    def test_moment_is_naive_utc_in_whole_seconds(self):
        moment = datetime(2026, 2, 1, 18)
        for given in (
            moment,
            "2026-02-01 18:00:00",
            "2026-02-01T18:00:00Z",
            " 2026-02-01T19:00:00+01:00 ",
            datetime(2026, 2, 1, 19, tzinfo=timezone(timedelta(hours=1))),
            "2026-02-01T18:00:00.250000",
        ):
            with self.subTest(given=given):
                self.assertEqual(read_moment(given, NOW), moment)
        self.assertEqual(read_moment(None, NOW), datetime(2026, 2, 2, 9, 30, 15))

    def test_clock_of_another_machine_may_be_ahead(self):
        self.assertEqual(read_moment(NOW + timedelta(minutes=9), NOW), NOW.replace(microsecond=0))

    def test_other_times_are_refused(self):
        for given, problem in (
            (NOW + timedelta(minutes=11), "future"),
            ("2036-01-01 00:00:00", "future"),
            (NOW - timedelta(days=3654), "too_old"),
            ("1970-01-01", "too_old"),
            ("tomorrow", "no_time"),
            ("2026-02-30", "no_time"),
            ("0001-01-01T00:00:00+14:00", "no_time"),
            (1770000000, "no_time"),
            ("", "no_time"),
            ([], "no_time"),
        ):
            with self.subTest(given=given), self.assertRaises(SignalError) as caught:
                read_moment(given, NOW)
            self.assertEqual(caught.exception.problem, problem)

    def test_details_are_json_that_the_database_takes(self):
        for details in ({}, {"page": "/prix"}, {"texts": ["é", 1, None, {"a": 1.5}]}, {"typed": "\\u0000"}):
            with self.subTest(details=details):
                check_details(details)

    def test_other_details_are_refused(self):
        endless = {}
        endless["itself"] = endless
        for details, problem in (
            ({"page": "x" * MAX_DETAILS}, "too_long"),
            ({"at": datetime(2026, 1, 1)}, "no_details"),
            ({"score": float("nan")}, "no_details"),
            ({"text": "a\x00b"}, "no_details"),
            ({"text": "\\\x00"}, "no_details"),
            ({"half": "\ud800"}, "no_details"),
            (endless, "no_details"),
        ):
            with self.subTest(problem=problem), self.assertRaises(SignalError) as caught:
                check_details(details)
            self.assertEqual(caught.exception.problem, problem)

    def test_flood_is_bounded_per_place(self):
        hour = hour_of(NOW)
        self.assertEqual(hour, datetime(2026, 2, 2, 9))
        full, other = (1, hour), (2, hour)
        exceeds, excess = find_excess([full, full, other], {full: MAX_HOUR - 1})
        self.assertEqual(exceeds, [False, True, False])
        self.assertEqual(excess, {full: 1})
        self.assertEqual(sum(find_excess([other] * 250, {})[0]), 150)
