from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.retry import (
    BACKOFF_MINUTES,
    CROWDED,
    FAILURES_TO_PAUSE,
    MAX_ATTEMPTS,
    MAX_INTERRUPTIONS,
    PARTS,
    Interruption,
    choose_next,
    keeps_failing,
    next_try_at,
)
from .test_engine_schedule_properties import STEADY

NOW = datetime(2026, 2, 2, 9)


class Queue:
    """What workers do to a queue of executions, some of which kill whoever comes to them."""

    def __init__(self, total, deadly=()):
        self.waiting, self.deadly = list(range(total)), set(deadly)
        self.noted, self.done, self.given_up = {}, [], []
        self.tries, self.killed = 0, []  # batches that went well, and those that did not

    def work(self, claim, by_chance=lambda: False):
        """Let workers come until nothing waits any more.

        :param claim: how many they claim at once
        :param by_chance: tells whether the worker at the next batch is killed whatever is in it
        """
        while self.waiting:
            claimed = self.waiting[:claim]
            batch = choose_next(claimed, {one: self.noted[one] for one in claimed if one in self.noted})
            if self._count(batch[0]) >= MAX_INTERRUPTIONS:
                self._end(batch, self.given_up)
            elif self.deadly.intersection(batch) or by_chance():
                self._note(batch)
            else:
                self.tries += 1
                self._end(batch, self.done)

    def _count(self, one):
        return self.noted[one].count if one in self.noted else 0

    def _note(self, batch):
        """As the model does: with others it counts once."""
        self.killed.append(len(batch))
        for one in batch:
            count = self._count(one) + 1 if len(batch) == 1 else max(1, self._count(one))
            self.noted[one] = Interruption(count, len(batch))

    def _end(self, batch, ended):
        ended += batch
        self.waiting = [one for one in self.waiting if one not in batch]


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

    # After a worker was killed

    def test_500_interrupted_together_take_few_tries(self):
        """Fails without the division in ``choose_next``: 500 tries."""
        queue = Queue(500)
        queue.noted = dict.fromkeys(range(500), Interruption(1, 500))
        queue.work(500)

        self.assertEqual(queue.tries, PARTS + 1)

    def test_what_kills_is_found_among_500_with_few_workers_lost(self):
        queue = Queue(500, deadly=[321])
        queue.work(500)

        self.assertEqual(queue.killed, [500, 62, 7, 1, 1])
        self.assertEqual((queue.tries, queue.given_up), (22, [321]))

    def test_unsuspected_come_first(self):
        noted = {1: Interruption(1, 500), 2: Interruption(1, 2)}

        self.assertEqual(choose_next([1, 2, 3, 4], noted), [3, 4])
        self.assertEqual(choose_next([], noted), [])

    def test_suspected_least_come_first(self):
        """Fails without ``last.count`` or without ``last.size`` in ``choose_next``."""
        noted = {1: Interruption(2, 1), 2: Interruption(1, 1), 3: Interruption(1, 20), 4: Interruption(1, 20)}

        self.assertEqual(choose_next([1, 2, 3, 4], noted), [3, 4])
        self.assertEqual(choose_next([1, 2], {one: noted[one] for one in (1, 2)}), [2])

    @STEADY
    @given(st.integers(1, 600), st.sets(st.integers(0, 599), max_size=4), st.sampled_from((10, 50, 250, 500)))
    def test_each_is_done_once_and_what_kills_is_given_up(self, total, deadly, claim):
        """Promises 1 and 2: nothing innocent is given up, each killer costs five workers at most, and
        what is unsuspected goes on in batches. Fails without ``PARTS`` or ``CROWDED`` in ``choose_next``.
        """
        deadly = {one for one in deadly if one < total}
        queue = Queue(total, deadly)
        queue.work(claim)

        self.assertEqual(sorted(queue.done), sorted(set(range(total)) - deadly))
        self.assertEqual(sorted(queue.given_up), sorted(deadly))
        self.assertLessEqual(len(queue.killed), 5 * len(deadly))
        self.assertLessEqual(queue.tries, CROWDED * (total // claim + 1) + 30 * len(deadly))

    @STEADY
    @given(st.integers(1, 300), st.lists(st.booleans(), max_size=40), st.sampled_from((10, 50, 500)))
    def test_workers_killed_by_chance_lose_nothing(self, total, chances, claim):
        """Promise 2: each is done once, or given up after it was interrupted alone again and again."""
        queue, chances = Queue(total), iter(chances)
        queue.work(claim, lambda: next(chances, False))

        self.assertEqual(sorted(queue.done + queue.given_up), list(range(total)))
        self.assertLessEqual(2 * len(queue.given_up), queue.killed.count(1))
