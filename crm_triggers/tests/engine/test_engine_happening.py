from datetime import datetime

from odoo.tests import BaseCase

from ...engine.happening import judge, says_it_now


class TestEngineHappening(BaseCase):
    """Promise 4: events in the past are history."""

    def test_time_of_what_happened_counts(self):
        now, since = datetime(2026, 2, 20, 12), datetime(2026, 2, 10, 12)
        for at, expected in (
            (None, "due"),
            (datetime(2026, 2, 20, 12), "due"),
            (datetime(2026, 2, 17, 13), "due"),
            (datetime(2026, 2, 17, 11), "late"),
            (since, "late"),
            (datetime(2026, 2, 10, 11), "history"),
            (datetime(2023, 1, 1), "history"),
        ):
            with self.subTest(at=at):
                self.assertEqual(judge(at, now=now, since=since, late_days=3, tz="UTC"), expected)

    def test_words_are_news_once(self):
        for words, text, before, expected in (
            ("", "Hello", None, True),
            ("", "Hello", "", False),
            ("hello", "Hello", "", True),
            ("hello", "Hello", None, True),
            ("hello", "Hello, you", "HELLO", False),
            ("bye", "Hello", None, False),
        ):
            with self.subTest(words=words, before=before):
                self.assertEqual(says_it_now(words, text, before), expected)
