from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..engine.retry import BACKOFF_MINUTES, FAILURES_TO_PAUSE, MAX_ATTEMPTS, keeps_failing, next_try_at

NOW = datetime(2026, 2, 2, 9)


@tagged("post_install", "-at_install")
class TestEngineRetry(BaseCase):
    def test_next_try_each_failure_waits_its_back_off(self):
        waits = [next_try_at(attempts, NOW) - NOW for attempts in range(1, MAX_ATTEMPTS)]

        self.assertEqual(waits, [timedelta(minutes=minutes) for minutes in BACKOFF_MINUTES])

    def test_next_try_waits_never_shrink_nor_exceed_a_day(self):
        self.assertEqual(sorted(BACKOFF_MINUTES), list(BACKOFF_MINUTES))
        self.assertLessEqual(max(BACKOFF_MINUTES), 24 * 60)

    def test_next_try_after_last_attempt_gives_up(self):
        self.assertIsNone(next_try_at(MAX_ATTEMPTS, NOW))
        self.assertIsNone(next_try_at(MAX_ATTEMPTS + 1, NOW))

    def test_next_try_without_attempt_is_refused(self):
        with self.assertRaises(ValueError):
            next_try_at(0, NOW)

    def test_rule_keeps_failing_when_none_of_its_last_executions_went_well(self):
        cases = [
            (["error"] * FAILURES_TO_PAUSE, True),
            (["error"] * (FAILURES_TO_PAUSE - 1), False),
            (["error"] * (FAILURES_TO_PAUSE - 1) + ["done"], False),
            ([], False),
        ]
        for last_states, expected in cases:
            with self.subTest(last_states=last_states):
                self.assertEqual(keeps_failing(last_states), expected)
